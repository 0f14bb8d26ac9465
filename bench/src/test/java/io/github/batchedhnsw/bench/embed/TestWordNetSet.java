// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.embed;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.data.CachedSet;
import io.github.batchedhnsw.bench.data.RealVectors;
import io.github.batchedhnsw.bench.data.RowOrder;
import io.github.batchedhnsw.bench.data.VectorFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Making a set with a model that knows nothing, being killed, and going on. */
public class TestWordNetSet {
  private static final int GLOSSES = 1_200;
  private static final WordNet TEXTS =
      new WordNet(numbered("gloss", GLOSSES), numbered("example", 1_000), numbered("lemma", 1_000));

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private CachedSet set;

  @Before
  public void chooseAFolder() {
    set = new CachedSet(folder.getRoot().toPath().resolve("wordnet-e5"), "wordnet-e5");
  }

  @Test
  public void aSetIsMadeWithThePrefixesOfTheModel() throws IOException {
    FakeModel model = new FakeModel(Integer.MAX_VALUE);
    WordNetSet.make(set, TEXTS, TextModel.E5, model);
    RealVectors made = set.read();
    assertEquals(GLOSSES, made.documents().count());
    assertEquals(2_000, made.outOfDistribution().count());
    assertEquals("passage: gloss 0", model.seen.get(2_000));
    assertTrue(model.seen.getFirst(), model.seen.getFirst().startsWith("query: example "));
    assertArrayEquals(vector("passage: gloss 7"), made.documents().rows()[7], 0);
  }

  @Test
  public void aKilledRunGoesOn() throws IOException {
    assertThrows(
        IOException.class, () -> WordNetSet.make(set, TEXTS, TextModel.E5, new FakeModel(6)));
    assertFalse(set.exists());
    // Queries take four chunks; two of the documents' were done.
    FakeModel second = new FakeModel(Integer.MAX_VALUE);
    WordNetSet.make(set, TEXTS, TextModel.E5, second);
    assertEquals(GLOSSES - 2 * 512, second.seen.size());
    assertEquals("passage: gloss 1024", second.seen.getFirst());
    assertArrayEquals(vector("passage: gloss 3"), set.read().documents().rows()[3], 0);
    try (var files = Files.list(set.folder())) {
      assertEquals(3, files.count());
    }
  }

  @Test
  public void damagedChunksAreMadeAgain() throws IOException {
    assertThrows(
        IOException.class, () -> WordNetSet.make(set, TEXTS, TextModel.E5, new FakeModel(6)));
    Path part = set.folder().resolve("documents.vec.part");
    try (RandomAccessFile file = new RandomAccessFile(part.toFile(), "rw")) {
      file.seek(512L * TextModel.DIMENSION * Float.BYTES + 5);
      file.write(0x55);
    }
    FakeModel second = new FakeModel(Integer.MAX_VALUE);
    WordNetSet.make(set, TEXTS, TextModel.E5, second);
    assertEquals("passage: gloss 512", second.seen.getFirst());
    assertArrayEquals(vector("passage: gloss 600"), set.read().documents().rows()[600], 0);
  }

  @Test
  public void aStartedSetOfOtherTextsIsThrownAway() throws IOException {
    assertThrows(
        IOException.class, () -> WordNetSet.make(set, TEXTS, TextModel.BGE, new FakeModel(6)));
    Files.delete(set.file(CachedSet.OUT_OF_DISTRIBUTION));
    FakeModel second = new FakeModel(Integer.MAX_VALUE);
    WordNetSet.make(set, TEXTS, TextModel.E5, second);
    assertEquals(GLOSSES + 2_000, second.seen.size());
  }

  @Test
  public void aCompactSetHoldsASampleInBytes() throws IOException {
    WordNetSet.make(set, TEXTS, TextModel.MINILM, new FakeModel(Integer.MAX_VALUE));
    Path compact = folder.getRoot().toPath().resolve("compact");
    CompactWriter.write(compact, set.read(), 300, 50);
    float[][] sample = RowOrder.sample(set.read().documents(), 300, CompactWriter.SEED).rows();
    Path file = compact.resolve("documents.npy.gz");
    float[][] bytes = VectorFiles.read(file, 0, Integer.MAX_VALUE).vectors().rows();
    assertEquals(300, bytes.length);
    for (int row = 0; row < bytes.length; row++) {
      assertEquals(TextModel.DIMENSION, bytes[row].length);
      for (int i = 0; i < 3; i++) {
        assertEquals(127 * sample[row][i], bytes[row][i], 0.5);
      }
    }
    Path queries = compact.resolve("queries-ood.npy.gz");
    assertEquals(50, VectorFiles.read(queries, 0, Integer.MAX_VALUE).vectors().count());
  }

  private static List<String> numbered(String word, int count) {
    return IntStream.range(0, count).mapToObj(i -> word + " " + i).toList();
  }

  private static float[] vector(String text) {
    float[] vector = new float[TextModel.DIMENSION];
    vector[0] = 1;
    vector[1] = text.hashCode() % 1_000 / 1_000f;
    return vector;
  }

  /** Answers a number of requests, then fails. */
  private static final class FakeModel implements Embedder {
    private final List<String> seen = new ArrayList<>();
    private int left;

    FakeModel(int requests) {
      left = requests;
    }

    @Override
    public float[][] embed(List<String> texts) throws IOException {
      if (left-- == 0) {
        throw new IOException("killed");
      }
      seen.addAll(texts);
      return texts.stream().map(TestWordNetSet::vector).toArray(float[][]::new);
    }

    @Override
    public void close() {}
  }
}
