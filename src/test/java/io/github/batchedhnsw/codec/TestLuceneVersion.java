// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.Version;

/** Which Lucene may run us, and how. */
public class TestLuceneVersion extends LuceneTestCase {

  public void testThisOne() {
    LuceneVersion.check();
    assertEquals(
        LuceneVersion.apiNameFor(Version.LATEST), LuceneVersion.api().getClass().getSimpleName());
  }

  public void testBeforeTheChange() {
    for (Version version :
        new Version[] {
          Version.fromBits(10, 3, 0), Version.fromBits(10, 3, 2), Version.fromBits(10, 4, 0)
        }) {
      assertEquals("Lucene103Api", LuceneVersion.apiNameFor(version));
    }
  }

  public void testSinceTheChange() {
    for (Version version :
        new Version[] {
          Version.fromBits(10, 5, 0),
          Version.fromBits(10, 5, 1),
          Version.fromBits(10, 5, 2),
          Version.fromBits(10, 6, 0),
          Version.fromBits(10, 6, 1)
        }) {
      assertEquals("Lucene105Api", LuceneVersion.apiNameFor(version));
    }
  }

  /** Where the methods are those of the classes that the running Lucene has. */
  public void testUnknown() {
    Version unknown = Version.fromBits(10, 7, 0);
    if (Version.LATEST.onOrAfter(Version.fromBits(10, 5, 0))) {
      assertEquals("Lucene105Api", LuceneVersion.apiNameFor(unknown));
      return;
    }
    String message =
        expectThrows(IllegalStateException.class, () -> LuceneVersion.apiNameFor(unknown))
            .getMessage();
    assertTrue(message, message.contains("has not been tested with this Lucene"));
    assertTrue(message, message.contains(" instead of ["));
    assertTrue(message, message.endsWith("running Lucene=10.7.0"));
  }

  public void testUnsupported() {
    for (Version version :
        new Version[] {
          Version.fromBits(10, 2, 2),
          Version.fromBits(9, 12, 0),
          Version.fromBits(9, 5, 0),
          Version.fromBits(11, 0, 0)
        }) {
      String message =
          expectThrows(IllegalStateException.class, () -> LuceneVersion.apiNameFor(version))
              .getMessage();
      assertTrue(message, message.contains("10.3.0"));
      assertTrue(message, message.contains("running Lucene=" + version));
    }
  }

  public void testWhereEverySegmentNeedsAGraph() {
    assertFalse(LuceneVersion.readsWithoutGraph(Version.fromBits(10, 3, 2)));
    assertTrue(LuceneVersion.readsWithoutGraph(Version.fromBits(10, 4, 0)));
    assertTrue(LuceneVersion.readsWithoutGraph(Version.fromBits(10, 5, 1)));
  }
}
