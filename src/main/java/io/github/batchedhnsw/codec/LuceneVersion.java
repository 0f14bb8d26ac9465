package io.github.batchedhnsw.codec;

import org.apache.lucene.util.Version;

/**
 * Which Lucene is running, and so which {@link LuceneApi} is the right one. With the wrong one
 * vectors would be lost without any error, because a merge would call methods that the writer does
 * not have; so versions that are not known are refused.
 */
final class LuceneVersion {
  private static final Version OLDEST = Version.fromBits(10, 3, 0);
  private static final Version READS_WITHOUT_GRAPH = Version.fromBits(10, 4, 0);
  private static final Version SECOND_API = Version.fromBits(10, 5, 0);

  private LuceneVersion() {}

  /**
   * Checks the version of the Lucene that is running.
   *
   * @throws IllegalStateException if it is not supported
   */
  static void check() {
    apiNameFor(Version.LATEST);
  }

  /** The API of the Lucene that is running; {@link #check()} has passed. */
  static LuceneApi api() {
    return Running.API;
  }

  /** Simple name of the implementation for a version of Lucene. */
  static String apiNameFor(Version running) {
    if (running.major != OLDEST.major || !running.onOrAfter(OLDEST)) {
      throw new IllegalStateException(
          "lucene-batched-hnsw writes with Lucene "
              + OLDEST
              + " to 10.x and must not with another one; running Lucene="
              + running);
    }
    return running.onOrAfter(SECOND_API) ? "Lucene105Api" : "Lucene103Api";
  }

  /** Whether Lucene can search a segment that has vectors and no graph; 10.3 fails. */
  static boolean readsWithoutGraph(Version running) {
    return running.onOrAfter(READS_WITHOUT_GRAPH);
  }

  /** The one-time choice. The implementations are compiled apart, so they are loaded by name. */
  private static final class Running {
    static final LuceneApi API = load(apiNameFor(Version.LATEST));

    private static LuceneApi load(String simpleName) {
      try {
        return Class.forName(LuceneVersion.class.getPackageName() + "." + simpleName)
            .asSubclass(LuceneApi.class)
            .getDeclaredConstructor()
            .newInstance();
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(
            "incomplete lucene-batched-hnsw jar: no " + simpleName + " in it", e);
      }
    }
  }
}
