// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Real sets out of a small cache, and the one that comes with the benchmark. */
public class TestRealSets {
  private static final String CACHE = "bench.cache";
  private static final int ROWS = 60;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Before
  public void useAnEmptyCache() {
    System.setProperty(CACHE, folder.getRoot().toString());
  }

  @After
  public void forgetTheCache() {
    System.clearProperty(CACHE);
  }

  @Test
  public void theCompactSetNeedsNoCache() throws IOException {
    Dataset data = DataRequest.of("wordnet-25k").load();
    assertEquals(25_000, data.base().count());
    assertEquals(1_000, data.queries().count());
    assertEquals(384, data.base().dimension());
    assertEquals(VectorSimilarityFunction.DOT_PRODUCT, data.similarity());
    for (float[] row : Arrays.copyOf(rows(data.base()), 100)) {
      assertEquals(1, norm(row), 1e-5);
    }
    assertQueriesAreNotIndexed(data);
    DataRequest request =
        DataRequest.of("wordnet-25k").queriedFrom(QuerySource.OUT_OF_DISTRIBUTION);
    Dataset other = request.load();
    assertEquals(1_000, other.queries().count());
    assertQueriesAreNotIndexed(other);
    IOException error = assertThrows(IOException.class, () -> request.sized(100, 1_001).load());
    assertEquals(
        "wordnet-25k: expected 1001 queries of another distribution, found 1000;"
            + " --queries-from ood",
        error.getMessage());
  }

  @Test
  public void aDamagedCompactSetIsRefused() {
    IOException error =
        assertThrows(
            IOException.class,
            () ->
                CompactSet.read(
                    file ->
                        file.equals(CompactSet.PROPERTIES)
                            ? resource(file)
                            : new ByteArrayInputStream(new byte[10])));
    assertTrue(error.getMessage(), error.getMessage().contains("documents: expected SHA-256"));
  }

  @Test
  public void aMissingSetNamesTheCommand() {
    IOException error =
        assertThrows(IOException.class, () -> DataRequest.of("wordnet-1152").load());
    assertTrue(
        error.getMessage(),
        error.getMessage().endsWith("make it with: bench/run embed --data wordnet-minilm"));
    error = assertThrows(IOException.class, () -> DataRequest.of("glove-100").load());
    assertTrue(
        error.getMessage(),
        error.getMessage().endsWith("make it with: bench/run embed --data glove-100"));
  }

  @Test
  public void aSetIsCutSortedAndShuffled() throws IOException {
    make("wordnet-minilm", 3, ROWS, 4);
    DataRequest request = DataRequest.of("wordnet-minilm").sized(20, 4);
    float[][] shuffled = rows(request.load().base());
    float[][] sorted = rows(request.ordered(RowOrder.SORTED).load().base());
    assertEquals(Set.copyOf(ordinals(shuffled)), Set.copyOf(ordinals(sorted)));
    assertEquals(ordinals(sorted), ordinals(sorted).stream().sorted().toList());
    assertFalse(ordinals(shuffled).equals(ordinals(sorted)));
    // A larger cut contains a smaller one, and the queries stay.
    Dataset larger = request.sized(30, 4).load();
    assertArrayEquals(shuffled, Arrays.copyOf(rows(larger.base()), 20));
    assertArrayEquals(rows(request.load().queries()), rows(larger.queries()));
    // All that is not held out.
    Dataset all = request.sized(ROWS - 4, 4).load();
    Set<Integer> everything = new HashSet<>(ordinals(rows(all.base())));
    everything.addAll(ordinals(rows(all.queries())));
    assertEquals(ROWS, everything.size());
    assertThrows(IOException.class, () -> request.sized(ROWS - 3, 4).load());
  }

  @Test
  public void eitherSourceOfQueriesHasTheSameVectors() throws IOException {
    make("wordnet-e5", 3, ROWS, 4);
    DataRequest request = DataRequest.of("wordnet-e5").sized(20, 4);
    Dataset other = request.queriedFrom(QuerySource.OUT_OF_DISTRIBUTION).load();
    assertArrayEquals(rows(request.load().base()), rows(other.base()));
    assertEquals(4, other.queries().count());
    for (float[] query : rows(other.queries())) {
      assertTrue(query[2] < 0);
    }
  }

  @Test
  public void queriesAreNotIndexed() throws IOException {
    make("wordnet-minilm", 3, ROWS, 10);
    for (QuerySource from : QuerySource.values()) {
      for (RowOrder order : RowOrder.values()) {
        for (int count : new int[] {1, 20, ROWS - 10}) {
          for (long seed = 0; seed < 20; seed++) {
            Dataset data =
                DataRequest.of("wordnet-minilm")
                    .sized(count, 10)
                    .queriedFrom(from)
                    .ordered(order)
                    .seeded(seed)
                    .load();
            assertEquals(10, data.queries().count());
            assertEquals(count, data.base().count());
            assertQueriesAreNotIndexed(data);
          }
        }
      }
    }
  }

  @Test
  public void queriesOfAnotherDistributionMustExist() throws IOException {
    make("glove-100", 3, ROWS, 0);
    for (String name : new String[] {"glove-100", "gen128"}) {
      DataRequest request = DataRequest.of(name).sized(20, 4);
      assertEquals(20, request.load().base().count());
      IOException error =
          assertThrows(
              IOException.class, () -> request.queriedFrom(QuerySource.OUT_OF_DISTRIBUTION).load());
      assertTrue(error.getMessage(), error.getMessage().contains("--queries-from ood"));
    }
  }

  @Test
  public void modelsStandSideBySide() throws IOException {
    make("wordnet-minilm", 3, ROWS, 4);
    make("wordnet-e5", 3, ROWS, 4);
    make("wordnet-bge", 3, ROWS, 4);
    Dataset two = DataRequest.of("wordnet-768").sized(20, 4).load();
    assertEquals(6, two.base().dimension());
    Dataset three = DataRequest.of("wordnet-1152").sized(20, 4).load();
    assertEquals(9, three.base().dimension());
    for (float[] row : rows(three.base())) {
      assertEquals(1, norm(row), 1e-5);
      assertEquals(Math.sqrt(1.0 / 3), norm(Arrays.copyOf(row, 3)), 1e-5);
    }
    make("wordnet-e5", 3, ROWS - 1, 4);
    IOException error =
        assertThrows(IOException.class, () -> DataRequest.of("wordnet-768").sized(20, 4).load());
    assertTrue(error.getMessage(), error.getMessage().contains("expected 60"));
  }

  @Test
  public void variantsForInnerProductsAndBytes() throws IOException {
    make("wordnet-bge", 3, ROWS, 4);
    DataRequest request = DataRequest.of("wordnet-bge-mip").sized(20, 4);
    Dataset data = request.load();
    assertEquals(VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT, data.similarity());
    assertTrue(Arrays.stream(rows(data.base())).anyMatch(row -> norm(row) > 1.5));
    for (float[] query : rows(data.queries())) {
      assertEquals(1, norm(query), 1e-5);
    }
    Dataset bytes = DataRequest.of("wordnet-bge").sized(20, 4).encoded(VectorEncoding.BYTE).load();
    assertEquals(VectorEncoding.BYTE, bytes.base().encoding());
  }

  @Test
  public void aDamagedFileIsRefused() throws IOException {
    CachedSet set = make("wordnet-minilm", 3, ROWS, 4);
    byte[] bytes = Files.readAllBytes(set.file(CachedSet.DOCUMENTS));
    bytes[100] ^= 1;
    Files.write(set.file(CachedSet.DOCUMENTS), bytes);
    IOException error =
        assertThrows(IOException.class, () -> DataRequest.of("wordnet-minilm").sized(9, 4).load());
    assertTrue(error.getMessage(), error.getMessage().contains("documents: expected SHA-256 "));
    assertTrue(error.getMessage(), error.getMessage().contains("bench/run embed"));
  }

  private static void assertQueriesAreNotIndexed(Dataset data) {
    Set<float[]> indexed = new TreeSet<>(Arrays::compare);
    Collections.addAll(indexed, rows(data.base()));
    for (float[] query : rows(data.queries())) {
      assertFalse(data.description(), indexed.contains(query));
    }
  }

  /** Rows (1, ordinal, 1), and queries whose last component is -1. */
  private static CachedSet make(String name, int dimension, int rows, int queries)
      throws IOException {
    CachedSet set = CachedSet.named(name);
    Files.createDirectories(set.folder());
    write(set.file(CachedSet.DOCUMENTS), dimension, rows, 1);
    if (queries == 0) {
      set.complete(dimension, Map.of(CachedSet.DOCUMENTS, rows), Map.of("source", "a test"));
      return set;
    }
    write(set.file(CachedSet.OUT_OF_DISTRIBUTION), dimension, queries, -1);
    set.complete(
        dimension,
        Map.of(CachedSet.DOCUMENTS, rows, CachedSet.OUT_OF_DISTRIBUTION, queries),
        Map.of("source", "a test"));
    return set;
  }

  private static void write(Path file, int dimension, int rows, float last) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(rows * dimension * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < rows; row++) {
      bytes.putFloat(1).putFloat(row).putFloat(last);
    }
    Files.write(file, bytes.array());
  }

  /** Which rows of the file these are. */
  private static java.util.List<Integer> ordinals(float[][] rows) {
    return Arrays.stream(rows).map(row -> Math.round(row[1] / row[0])).toList();
  }

  private static InputStream resource(String file) {
    return CompactSet.class.getResourceAsStream(CompactSet.FOLDER + "/" + file);
  }

  private static float[][] rows(Vectors vectors) {
    return ((FloatVectors) vectors).rows();
  }

  private static double norm(float[] row) {
    double squares = 0;
    for (float component : row) {
      squares += component * component;
    }
    return Math.sqrt(squares);
  }
}
