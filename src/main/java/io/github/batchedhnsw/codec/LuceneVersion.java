package io.github.batchedhnsw.codec;

import org.apache.lucene.util.Version;

/**
 * Guards against a Lucene that this jar was not built for: before 10.5 the methods that a merge
 * calls on a vectors writer were others, and vectors would be lost without any error.
 */
final class LuceneVersion {
  private static final Version OLDEST = Version.fromBits(10, 5, 0);

  private LuceneVersion() {}

  /**
   * Checks the version of the Lucene that is running.
   *
   * @throws IllegalStateException if it is not supported
   */
  static void check() {
    check(Version.LATEST);
  }

  static void check(Version running) {
    if (running.major != OLDEST.major || !running.onOrAfter(OLDEST)) {
      throw new IllegalStateException(
          "lucene-batched-hnsw was built for Lucene "
              + OLDEST
              + " to 10.x and must not write with another one; running Lucene="
              + running);
    }
  }
}
