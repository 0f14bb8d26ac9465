// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.IORunnable;

/** Sets of both encodings, on the heap and in files, and their scorers. */
public class TestVectorSets extends LuceneTestCase {
  private static final int SIZE = 60;

  /** One set, and what Lucene says about its pairs. */
  private record Case(
      String name,
      VectorSimilarityFunction similarity,
      VectorSet set,
      float[][] floats,
      byte[][] bytes) {

    float lucene(int a, int b) {
      return floats != null
          ? similarity.compare(floats[a], floats[b])
          : similarity.compare(bytes[a], bytes[b]);
    }

    double component(int ordinal, int i) {
      return floats != null ? floats[ordinal][i] : bytes[ordinal][i];
    }

    /** The score that {@link VectorSet} documents. */
    double exact(int a, int b) {
      double dot = 0;
      double square = 0;
      double normA = 0;
      double normB = 0;
      for (int i = 0; i < set.dimension(); i++) {
        double x = component(a, i);
        double y = component(b, i);
        dot += x * y;
        square += (x - y) * (x - y);
        normA += x * x;
        normB += y * y;
      }
      return switch (similarity) {
        case DOT_PRODUCT, MAXIMUM_INNER_PRODUCT -> dot;
        case EUCLIDEAN -> -square;
        case COSINE -> dot / Math.sqrt(normA * normB);
      };
    }
  }

  private static List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      int dimension = random().nextInt(1, 80);
      float[][] floats =
          similarity == VectorSimilarityFunction.DOT_PRODUCT
              ? VectorData.normalized(random(), SIZE, dimension)
              : VectorData.uniform(random(), SIZE, dimension);
      byte[][] bytes =
          random().nextBoolean()
              ? VectorData.bytes(random(), SIZE, dimension)
              : VectorData.smallBytes(random(), SIZE, dimension, 2);
      for (byte[] vector : bytes) {
        vector[0] |= 1; // no zero vector
      }
      cases.add(
          new Case(
              "floats on the heap, " + similarity,
              similarity,
              VectorSets.ofHeap(VectorData.list(floats), null, dimension, similarity),
              floats,
              null));
      cases.add(
          new Case(
              "floats in a file, " + similarity,
              similarity,
              VectorSets.of(
                  reusingRow(FloatVectorValues.fromFloats(VectorData.list(floats), dimension)),
                  similarity,
                  () -> {}),
              floats,
              null));
      cases.add(
          new Case(
              "bytes on the heap, " + similarity,
              similarity,
              VectorSets.ofHeap(VectorData.list(bytes), null, dimension, similarity),
              null,
              bytes));
      cases.add(
          new Case(
              "bytes in a file, " + similarity,
              similarity,
              VectorSets.of(
                  reusingRow(ByteVectorValues.fromBytes(VectorData.list(bytes), dimension)),
                  similarity,
                  () -> {}),
              null,
              bytes));
    }
    return cases;
  }

  public void testShape() throws IOException {
    for (Case c : cases()) {
      assertEquals(c.name, SIZE, c.set.size());
      assertEquals(
          c.name, c.floats != null ? c.floats[0].length : c.bytes[0].length, c.set.dimension());
    }
  }

  public void testScoresAreWhatTheyAreDocumentedToBe() throws IOException {
    for (Case c : cases()) {
      for (int a = 0; a < SIZE; a++) {
        float[] scores = scoreAll(c.set, a);
        for (int b = 0; b < SIZE; b++) {
          double exact = c.exact(a, b);
          double tolerance =
              c.bytes != null && c.similarity != VectorSimilarityFunction.COSINE
                  ? 0
                  : 1e-5 * Math.max(1, c.set.dimension());
          assertEquals(c.name, exact, scores[b], tolerance);
        }
      }
    }
  }

  public void testOrderIsThatOfLucenesSimilarity() throws IOException {
    for (Case c : cases()) {
      boolean exact = c.bytes != null && c.similarity != VectorSimilarityFunction.COSINE;
      for (int query = 0; query < SIZE; query++) {
        float[] ours = scoreAll(c.set, query);
        for (int i = 0; i < 200; i++) {
          int a = random().nextInt(SIZE);
          int b = random().nextInt(SIZE);
          float luceneA = c.lucene(query, a);
          float luceneB = c.lucene(query, b);
          if (exact) {
            // Lucene's last scaling may round two scores into one, never swap them
            if (luceneA > luceneB) {
              assertTrue(c.name, ours[a] > ours[b]);
            } else if (ours[a] > ours[b]) {
              assertTrue(c.name, luceneA >= luceneB);
            }
          } else if (luceneA > luceneB + 1e-6f + 1e-4f * Math.abs(luceneB)) {
            assertTrue(
                c.name + ": " + ours[a] + " > " + ours[b] + " as " + luceneA + " > " + luceneB,
                ours[a] > ours[b]);
          }
        }
      }
    }
  }

  public void testScoresDoNotDependOnTheCallOrTheSide() throws IOException {
    for (Case c : cases()) {
      OrdinalScorer scorer = c.set.scorer();
      float[][] all = new float[SIZE][];
      for (int a = 0; a < SIZE; a++) {
        all[a] = scoreAll(c.set, a);
      }
      for (int a = 0; a < SIZE; a++) {
        scorer.setQuery(a);
        int count = random().nextInt(0, SIZE + 1);
        int[] ordinals = random().ints(count, 0, SIZE).toArray();
        float[] scores = new float[count + 1];
        scores[count] = 123;
        scorer.score(ordinals, count, scores);
        for (int i = 0; i < count; i++) {
          assertSameBits(c.name, all[a][ordinals[i]], scores[i]);
          assertSameBits(c.name, all[ordinals[i]][a], scores[i]);
        }
        assertEquals("wrote beyond the count", 123, scores[count], 0f);
      }
    }
  }

  /** While one cursor reads a vector of a file another one reads others, as on another thread. */
  public void testCursorsAreIndependent() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      for (Meanwhile meanwhile : Meanwhile.ofBothEncodings(SIZE, random().nextInt(1, 20))) {
        VectorSet set = VectorSets.of(meanwhile.values(), similarity, () -> {});
        float[] expected = scoreAll(set, 1);
        OrdinalScorer first = set.scorer();
        OrdinalScorer second = set.scorer();
        float[] out = new float[1];
        meanwhile.run(() -> second.setQuery(2));
        first.setQuery(1);
        meanwhile.run(() -> second.score(new int[] {3}, 1, out));
        first.score(new int[] {4}, 1, out);
        assertSameBits(similarity.toString(), expected[4], out[0]);
        assertTrue("nothing was read meanwhile", meanwhile.isDone());
      }
    }
  }

  /** Values in a file, and what happens once while a vector of theirs is read. */
  static final class Meanwhile {
    private final KnnVectorValues values;
    private IORunnable pending;

    private Meanwhile(float[][] vectors) throws IOException {
      values =
          reusingRow(
              FloatVectorValues.fromFloats(VectorData.list(vectors), vectors[0].length),
              this::happen);
    }

    private Meanwhile(byte[][] vectors) throws IOException {
      values =
          reusingRow(
              ByteVectorValues.fromBytes(VectorData.list(vectors), vectors[0].length),
              this::happen);
    }

    static List<Meanwhile> ofBothEncodings(int size, int dimension) throws IOException {
      return List.of(
          new Meanwhile(VectorData.normalized(random(), size, dimension)),
          new Meanwhile(VectorData.bytes(random(), size, dimension)));
    }

    KnnVectorValues values() {
      return values;
    }

    /** Runs something while the next vector is read. */
    void run(IORunnable something) {
      pending = something;
    }

    boolean isDone() {
      return pending == null;
    }

    private void happen() throws IOException {
      IORunnable now = pending;
      pending = null;
      if (now != null) {
        now.run();
      }
    }
  }

  public void testHeapAndFileGiveTheSameBits() throws IOException {
    List<Case> cases = cases();
    for (int i = 0; i < cases.size(); i += 2) {
      for (int query = 0; query < SIZE; query++) {
        assertArrayEquals(
            cases.get(i).name,
            scoreAll(cases.get(i).set, query),
            scoreAll(cases.get(i + 1).set, query),
            0f);
      }
    }
  }

  public void testScoreAll() throws IOException {
    for (Case c : cases()) {
      OrdinalScorer scorer = c.set.scorer();
      for (int repeat = 0; repeat < 20; repeat++) {
        int count = random().nextInt(0, 12);
        int[] queries = random().ints(random().nextInt(1, 12), 0, SIZE).toArray();
        int[] ordinals = random().ints(count + 3, 0, SIZE).toArray();
        float[] scores = new float[queries.length * count + 2];
        scorer.scoreAll(queries, ordinals, count, scores);
        for (int q = 0; q < queries.length; q++) {
          float[] expected = scoreAll(c.set, queries[q]);
          for (int i = 0; i < count; i++) {
            assertSameBits(c.name, expected[ordinals[i]], scores[q * count + i]);
          }
        }
      }
    }
  }

  public void testAnyAtLeast() throws IOException {
    for (Case c : cases()) {
      OrdinalScorer scorer = c.set.scorer();
      for (int i = 0; i < 100; i++) {
        int query = random().nextInt(SIZE);
        float[] all = scoreAll(c.set, query);
        int count = random().nextInt(0, 12);
        int[] ordinals = random().ints(count, 0, SIZE).toArray();
        // often exactly the score of one of them: equality counts
        float bound = all[random().nextInt(SIZE)];
        boolean expected = Arrays.stream(ordinals).anyMatch(o -> all[o] >= bound);
        scorer.setQuery(query);
        assertEquals(c.name, expected, scorer.anyAtLeast(bound, ordinals, count));
        if (count > 0) {
          float best = (float) Arrays.stream(ordinals).mapToDouble(o -> all[o]).max().orElseThrow();
          assertTrue(c.name, scorer.anyAtLeast(best, ordinals, count));
          assertFalse(c.name, scorer.anyAtLeast(Math.nextUp(best), ordinals, count));
        }
      }
    }
  }

  public void testNewToOld() throws IOException {
    int dimension = random().nextInt(1, 20);
    float[][] floats = VectorData.uniform(random(), SIZE, dimension);
    int[] newToOld = IntStream.range(0, SIZE).map(i -> (i * 7 + 3) % SIZE).toArray();
    float[][] moved = new float[SIZE][];
    Arrays.setAll(moved, i -> floats[newToOld[i]]);
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      VectorSet mapped =
          VectorSets.ofHeap(VectorData.list(floats), newToOld, dimension, similarity);
      VectorSet expected = VectorSets.ofHeap(VectorData.list(moved), null, dimension, similarity);
      for (int query = 0; query < SIZE; query++) {
        assertArrayEquals(scoreAll(expected, query), scoreAll(mapped, query), 0f);
      }
    }
  }

  public void testZeroVectorsScoreZeroWithCosine() throws IOException {
    float[][] floats = {{0, 0, 0}, {1, 2, 3}, {0, 0, 0}};
    byte[][] bytes = {{0, 0, 0}, {1, 2, 3}, {0, 0, 0}};
    for (List<?> vectors : List.of(VectorData.list(floats), VectorData.list(bytes))) {
      VectorSet set = VectorSets.ofHeap(vectors, null, 3, VectorSimilarityFunction.COSINE);
      assertArrayEquals(new float[] {0, 0, 0}, scoreAll(set, 0), 0f);
      assertArrayEquals(new float[] {0, 1, 0}, scoreAll(set, 1), 1e-6f);
    }
  }

  public void testNoVectors() throws IOException {
    assertEquals(0, VectorSets.ofHeap(List.of(), null, 3, VectorSimilarityFunction.COSINE).size());
  }

  public void testOtherValuesAreRefused() {
    KnnVectorValues neither =
        new KnnVectorValues() {
          @Override
          public int dimension() {
            return 1;
          }

          @Override
          public int size() {
            return 1;
          }

          @Override
          public KnnVectorValues copy() {
            return this;
          }

          @Override
          public VectorEncoding getEncoding() {
            return VectorEncoding.FLOAT32;
          }
        };
    String message =
        expectThrows(
                IllegalArgumentException.class,
                () -> VectorSets.of(neither, VectorSimilarityFunction.EUCLIDEAN, () -> {}))
            .getMessage();
    assertTrue(message, message.contains("values must be float or byte vectors"));
    assertTrue(message, message.contains(neither.getClass().getName()));
  }

  /** Reading all vectors ends where the check says so; only some similarities do it. */
  public void testAborts() throws IOException {
    int size = 10 * VectorSets.ROWS_PER_CHECK;
    List<KnnVectorValues> kinds =
        List.of(
            FloatVectorValues.fromFloats(
                VectorData.list(VectorData.normalized(random(), size, 2)), 2),
            ByteVectorValues.fromBytes(VectorData.list(VectorData.bytes(random(), size, 2)), 2));
    for (KnnVectorValues values : kinds) {
      for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
        int[] checks = new int[1];
        VectorSets.of(values, similarity, () -> checks[0]++);
        boolean readsAll =
            similarity == VectorSimilarityFunction.EUCLIDEAN
                || similarity == VectorSimilarityFunction.COSINE;
        assertEquals(similarity.toString(), readsAll ? 10 : 0, checks[0]);
        if (readsAll) {
          checks[0] = 0;
          IOException aborted = new IOException("aborted");
          assertSame(
              aborted,
              expectThrows(
                  IOException.class,
                  () ->
                      VectorSets.of(
                          values,
                          similarity,
                          () -> {
                            if (++checks[0] == 3) {
                              throw aborted;
                            }
                          })));
          assertEquals(3, checks[0]);
        }
      }
    }
  }

  /** As values in a file do, every copy has one array that it overwrites. */
  static FloatVectorValues reusingRow(FloatVectorValues values) throws IOException {
    return reusingRow(values, () -> {});
  }

  private static FloatVectorValues reusingRow(FloatVectorValues values, IORunnable whileReading)
      throws IOException {
    float[] row = new float[values.dimension()];
    return new FloatVectorValues() {
      @Override
      public float[] vectorValue(int ord) throws IOException {
        System.arraycopy(values.vectorValue(ord), 0, row, 0, row.length);
        whileReading.run();
        return row;
      }

      @Override
      public FloatVectorValues copy() throws IOException {
        return reusingRow(values, whileReading);
      }

      @Override
      public int dimension() {
        return values.dimension();
      }

      @Override
      public int size() {
        return values.size();
      }
    };
  }

  static ByteVectorValues reusingRow(ByteVectorValues values) throws IOException {
    return reusingRow(values, () -> {});
  }

  private static ByteVectorValues reusingRow(ByteVectorValues values, IORunnable whileReading)
      throws IOException {
    byte[] row = new byte[values.dimension()];
    return new ByteVectorValues() {
      @Override
      public byte[] vectorValue(int ord) throws IOException {
        System.arraycopy(values.vectorValue(ord), 0, row, 0, row.length);
        whileReading.run();
        return row;
      }

      @Override
      public ByteVectorValues copy() throws IOException {
        return reusingRow(values, whileReading);
      }

      @Override
      public int dimension() {
        return values.dimension();
      }

      @Override
      public int size() {
        return values.size();
      }
    };
  }

  private static float[] scoreAll(VectorSet set, int query) throws IOException {
    OrdinalScorer scorer = set.scorer();
    scorer.setQuery(query);
    float[] scores = new float[set.size()];
    scorer.score(IntStream.range(0, set.size()).toArray(), set.size(), scores);
    return scores;
  }

  private static void assertSameBits(String message, float expected, float actual) {
    assertEquals(message, Float.floatToRawIntBits(expected), Float.floatToRawIntBits(actual));
  }

  /** Selected vectors are the vectors they were. */
  public void testSelect() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 200, 7);
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      VectorSet all = VectorSets.ofHeap(VectorData.list(vectors), null, 7, similarity);
      int[] ordinals = random().ints(300, 0, 200).toArray();
      VectorSet selected = VectorSets.select(all, ordinals);
      assertEquals(300, selected.size());
      assertEquals(7, selected.dimension());
      assertEquals(all.metric(), selected.metric());
      OrdinalScorer expectedScorer = all.scorer();
      OrdinalScorer scorer = selected.scorer();
      int[] wanted = random().ints(150, 0, 300).toArray();
      float[] expected = new float[150];
      float[] scores = new float[150];
      expectedScorer.setQuery(ordinals[17]);
      expectedScorer.score(Arrays.stream(wanted).map(i -> ordinals[i]).toArray(), 150, expected);
      scorer.setQuery(17);
      scorer.score(wanted, 150, scores);
      assertArrayEquals(expected, scores, 0f);
      RowReader rows = selected.rows();
      RowReader allRows = all.rows();
      float[] row = new float[7];
      float[] expectedRow = new float[7];
      for (int ordinal : wanted) {
        rows.read(ordinal, row, 0);
        allRows.read(ordinals[ordinal], expectedRow, 0);
        assertArrayEquals(expectedRow, row, 0f);
        assertEquals(allRows.bias(ordinals[ordinal]), rows.bias(ordinal), 0f);
      }
    }
  }
}
