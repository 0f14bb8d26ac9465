package io.github.batchedhnsw.build;

import java.util.Locale;
import org.apache.lucene.util.InfoStream;
import org.apache.lucene.util.hnsw.HnswGraphBuilder;

/**
 * What a build tells about itself: the decisions it takes and the time its phases take, as messages
 * of Lucene's component {@value HnswGraphBuilder#HNSW_COMPONENT}. Used by the building thread only.
 */
public final class BuildLog {
  private final InfoStream infoStream;
  private final String prefix;
  private long phaseStartNanos = System.nanoTime();

  /**
   * A log for one build.
   *
   * @param infoStream where messages go, where it is enabled
   * @param field name of the field, for every message
   */
  public BuildLog(InfoStream infoStream, String field) {
    this.infoStream = infoStream;
    this.prefix = "field \"" + field + "\": ";
  }

  /** A log that nobody reads. */
  public static BuildLog silent() {
    return new BuildLog(InfoStream.NO_OUTPUT, "");
  }

  /** Logs a message in the style of {@link String#format}. */
  public void message(String format, Object... arguments) {
    if (infoStream.isEnabled(HnswGraphBuilder.HNSW_COMPONENT)) {
      infoStream.message(
          HnswGraphBuilder.HNSW_COMPONENT, prefix + String.format(Locale.ROOT, format, arguments));
    }
  }

  /** Logs the end of a phase with the time since the one before ended. */
  public void phase(String format, Object... arguments) {
    long now = System.nanoTime();
    message(format + " in %.1f ms", append(arguments, (now - phaseStartNanos) / 1e6));
    phaseStartNanos = now;
  }

  private static Object[] append(Object[] arguments, Object last) {
    Object[] all = new Object[arguments.length + 1];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = last;
    return all;
  }
}
