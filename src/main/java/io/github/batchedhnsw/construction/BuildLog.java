// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.graph.LevelAssignment;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.apache.lucene.util.InfoStream;
import org.apache.lucene.util.hnsw.HnswGraphBuilder;

/**
 * Logs a build: its decisions, its progress and the durations of its phases, as messages of
 * Lucene's component {@value HnswGraphBuilder#HNSW_COMPONENT}. Used by the building thread only.
 */
public final class BuildLog {
  private static final long PROGRESS_INTERVAL_NANOS = 5_000_000_000L;

  private final InfoStream infoStream;
  private final String prefix;
  private final long progressIntervalNanos;
  private final Map<BuildPhase, Long> nanosByPhase = new EnumMap<>(BuildPhase.class);
  private BuildPhase current = BuildPhase.PREPARE;
  private final long buildStartNanos = System.nanoTime();
  private long currentStartNanos = buildStartNanos;
  private long messageStartNanos = currentStartNanos;
  private long lastProgressNanos = currentStartNanos;
  private Map<BuildPhase, Double> shares = Map.of();
  private double levelShare = 1;
  private double finished; // share of the build that earlier phases took
  private double position; // in the current phase, 0 to 1
  private double nextPosition = 1;
  private double loopPosition; // in the phase, when the current loop began
  private long loopStartNanos;

  /**
   * A log for one build, which begins with {@link BuildPhase#PREPARE}.
   *
   * @param infoStream receives the messages if it is enabled
   * @param field name of the field, part of every message
   */
  public BuildLog(InfoStream infoStream, String field) {
    this(infoStream, field, PROGRESS_INTERVAL_NANOS);
  }

  BuildLog(InfoStream infoStream, String field, long progressIntervalNanos) {
    this.infoStream = infoStream;
    this.prefix = "field \"" + field + "\": ";
    this.progressIntervalNanos = progressIntervalNanos;
  }

  /** A log that discards all messages. */
  public static BuildLog silent() {
    return new BuildLog(InfoStream.NO_OUTPUT, "");
  }

  /** Whether messages are logged. */
  public boolean isEnabled() {
    return infoStream.isEnabled(HnswGraphBuilder.HNSW_COMPONENT);
  }

  /** Logs a message in the style of {@link String#format}. */
  public void message(String format, Object... arguments) {
    if (isEnabled()) {
      infoStream.message(
          HnswGraphBuilder.HNSW_COMPONENT, prefix + String.format(Locale.ROOT, format, arguments));
    }
  }

  /** Logs what has been done, with the time since the last such message. */
  public void phase(String format, Object... arguments) {
    long now = System.nanoTime();
    message(format + " in %.1f ms", append(arguments, (now - messageStartNanos) / 1e6));
    messageStartNanos = now;
  }

  /** Ends the current phase and begins another, which may have run before. */
  public void begin(BuildPhase phase) {
    long now = System.nanoTime();
    nanosByPhase.merge(current, now - currentStartNanos, Long::sum);
    finished = Math.min(1, finished + share());
    current = phase;
    currentStartNanos = now;
    position = 0;
    step(1);
  }

  /**
   * Sets the share of its time that the build will presumably spend in each phase, so that progress
   * can be reported for the whole build.
   */
  void expect(Map<BuildPhase, Double> sharesByPhase) {
    shares = sharesByPhase;
  }

  /**
   * Begins a level, whose share of each phase is its share of the nodes of all levels.
   *
   * @param nodes on the level
   * @param size number of vectors
   */
  void level(int nodes, int size, int maxConn) {
    levelShare = nodes / (double) (size + LevelAssignment.expectedUpperNodes(size, maxConn));
  }

  /** Sets the position in the current phase, 0 to 1, at which the next loops end. */
  void step(double next) {
    nextPosition = next;
    loopPosition = position;
    loopStartNanos = 0;
  }

  /** The share of the build that the current phase takes on the current level. */
  private double share() {
    boolean once = current == BuildPhase.PREPARE || current == BuildPhase.WRITE;
    return shares.getOrDefault(current, 0.0) * (once ? 1 : levelShare);
  }

  /**
   * Logs the progress of the build, unless it was logged a moment ago. It is an estimate: only the
   * first loop of a step counts.
   *
   * @param done of the loop's {@code total} indices
   * @param startNanos when the loop was begun, by {@link System#nanoTime}
   */
  public void progress(int done, int total, long startNanos) {
    long now = System.nanoTime();
    if (startNanos != loopStartNanos) {
      loopStartNanos = startNanos;
      loopPosition = position;
    }
    double reached = loopPosition + (nextPosition - loopPosition) * done / total;
    position = Math.max(position, reached);
    if (now - lastProgressNanos >= progressIntervalNanos) {
      lastProgressNanos = now;
      message(
          "%s: about %.0f %% of the build after %.1f s",
          current.label(),
          100 * Math.min(1, finished + position * share()),
          (now - buildStartNanos) / 1e9);
    }
  }

  /** Duration in nanoseconds of every phase that has begun, the current one up to now. */
  public Map<BuildPhase, Long> nanosByPhase() {
    begin(current);
    return new EnumMap<>(nanosByPhase);
  }

  /** The durations of the phases, as text. */
  public static String describe(Map<BuildPhase, Long> nanosByPhase) {
    StringJoiner joiner = new StringJoiner(", ");
    nanosByPhase.forEach(
        (phase, nanos) ->
            joiner.add(String.format(Locale.ROOT, "%s %.1f ms", phase.label(), nanos / 1e6)));
    return joiner.toString();
  }

  private static Object[] append(Object[] arguments, Object last) {
    Object[] all = new Object[arguments.length + 1];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = last;
    return all;
  }
}
