package io.github.batchedhnsw.codec;

import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.Version;

/** Which Lucene may run us. */
public class TestLuceneVersion extends LuceneTestCase {

  public void testThisOne() {
    LuceneVersion.check();
  }

  public void testSupported() {
    for (Version version :
        new Version[] {
          Version.fromBits(10, 5, 0),
          Version.fromBits(10, 5, 1),
          Version.fromBits(10, 6, 0),
          Version.fromBits(10, 99, 0)
        }) {
      LuceneVersion.check(version);
    }
  }

  public void testUnsupported() {
    for (Version version :
        new Version[] {
          Version.fromBits(10, 4, 9),
          Version.fromBits(10, 3, 2),
          Version.fromBits(9, 12, 0),
          Version.fromBits(9, 5, 0),
          Version.fromBits(11, 0, 0)
        }) {
      String message =
          expectThrows(IllegalStateException.class, () -> LuceneVersion.check(version))
              .getMessage();
      assertTrue(message, message.contains("10.5.0"));
      assertTrue(message, message.contains("running Lucene=" + version));
    }
  }
}
