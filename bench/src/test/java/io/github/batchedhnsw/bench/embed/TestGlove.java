// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.embed;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.data.CachedSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Files like the package's, with few words. */
public class TestGlove {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void rowsAreInTheOrderOfFrequency() throws IOException {
    CachedSet set = convert(json(2, word("1990", 0.5f, 102, 1), word("the", -0.25f, 102, 0)));
    assertEquals(2, set.read().documents().count());
    assertEquals(100, set.read().documents().dimension());
    assertEquals(-0.25f, set.read().documents().rows()[0][99], 0);
    assertEquals(0.5f, set.read().documents().rows()[1][0], 0);
    assertEquals(null, set.read().outOfDistribution());
  }

  @Test
  public void otherFilesAreRefused() {
    fails("expected an object", "[]");
    fails("expected 102 numbers for the, found 101", json(1, word("the", 1, 101, 0)));
    fails("expected a rank of its own below 1 for the, found 5", json(1, word("the", 1, 102, 5)));
    fails("a rank of its own", json(2, word("a", 1, 102, 0), word("b", 1, 102, 0)));
    fails("expected 3 words, found 1", json(3, word("the", 1, 102, 0)));
    fails("expected 0 words, found 0", "{}");
  }

  private void fails(String message, String json) {
    IOException error = assertThrows(IOException.class, () -> convert(json));
    assertTrue(error.getMessage(), error.getMessage().contains(message));
    assertTrue(error.getMessage(), error.getMessage().contains("glove.json: at byte "));
  }

  private CachedSet convert(String json) throws IOException {
    Path source = Files.writeString(folder.getRoot().toPath().resolve("glove.json"), json);
    CachedSet set = new CachedSet(folder.getRoot().toPath().resolve("glove-100"), "glove-100");
    Glove.make(set, source);
    return set;
  }

  private static String json(int size, String... words) {
    return "{\"precision\":8,\"size\":%d,\"words\":[\"x\"],\"vectors\":{%s},\"unkVector\":[0]}"
        .formatted(size, String.join(",", words));
  }

  /** A word with numbers that are all the same but the last, its rank. */
  private static String word(String word, float value, int numbers, int rank) {
    return "\"%s\":[%s,%d]"
        .formatted(
            word, String.join(",", Collections.nCopies(numbers - 1, Float.toString(value))), rank);
  }
}
