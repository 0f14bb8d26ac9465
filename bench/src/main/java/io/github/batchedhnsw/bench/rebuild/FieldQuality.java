// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.rebuild;

import io.github.batchedhnsw.bench.graph.GraphInspector;
import io.github.batchedhnsw.bench.graph.LevelReport;
import io.github.batchedhnsw.bench.graph.VectorReaders;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.lucene.codecs.hnsw.DefaultFlatVectorScorer;
import org.apache.lucene.codecs.hnsw.FlatVectorsScorer;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/**
 * How good the graph of a field is in one segment.
 *
 * @param live number of vectors whose documents are not deleted
 * @param vectors number of vectors
 * @param recall share of the {@value #NEAREST} nearest live vectors of a sampled live one, itself
 *     apart, that a search of width {@value #WIDTH} finds; NaN where nothing was sampled
 * @param meanDegree neighbours of a node on the lowest level; NaN where there is no graph
 * @param unreachable nodes of all levels that no path leads to
 */
record FieldQuality(int live, int vectors, double recall, double meanDegree, int unreachable) {
  private static final int NEAREST = 10;
  private static final int WIDTH = 40;

  /** Compares raw vectors, those of quantized fields included. */
  private static final FlatVectorsScorer EXACT = DefaultFlatVectorScorer.INSTANCE;

  /**
   * Measures by live vectors that are spread evenly over the segment. A rebuild drops deleted
   * vectors and keeps the order of the others, so they are the same before and after it.
   *
   * @param sample number of the vectors; 0 for no search
   */
  static FieldQuality of(SegmentReader segment, FieldInfo field, int sample) throws IOException {
    KnnVectorValues values =
        switch (field.getVectorEncoding()) {
          case FLOAT32 -> segment.getFloatVectorValues(field.name);
          case BYTE -> segment.getByteVectorValues(field.name);
        };
    int[] documents = new int[values.size()]; // by ordinal, all of them
    int[] live = new int[documents.length];
    int count = 0;
    Bits liveDocs = segment.getLiveDocs();
    KnnVectorValues.DocIndexIterator iterator = values.iterator();
    for (int doc = iterator.nextDoc();
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = iterator.nextDoc()) {
      documents[iterator.index()] = doc;
      if (liveDocs == null || liveDocs.get(doc)) {
        live[count++] = iterator.index();
      }
    }
    live = Arrays.copyOf(live, count);
    double recall = recall(segment, field, values, documents, live, Math.min(sample, count));
    HnswGraph graph = VectorReaders.graph(segment, field.name);
    List<LevelReport> levels = graph == null ? List.of() : GraphInspector.inspect(graph);
    return new FieldQuality(
        count,
        documents.length,
        recall,
        levels.isEmpty() ? Double.NaN : levels.getLast().meanDegree(),
        levels.stream().mapToInt(LevelReport::unreachable).sum());
  }

  private static double recall(
      LeafReader segment,
      FieldInfo field,
      KnnVectorValues values,
      int[] documents,
      int[] live,
      int sample)
      throws IOException {
    AcceptDocs accepted = AcceptDocs.fromLiveDocs(segment.getLiveDocs(), segment.maxDoc());
    int wanted = Math.min(NEAREST, live.length - 1);
    long found = 0;
    for (int i = 0; i < sample; i++) {
      int query = live[(int) ((long) i * live.length / sample)];
      TopKnnCollector collector = new TopKnnCollector(WIDTH, Integer.MAX_VALUE);
      RandomVectorScorer scorer = search(segment, field, values, query, collector, accepted);
      PriorityQueue<Float> nearest = new PriorityQueue<>();
      for (int ordinal : live) {
        if (ordinal != query) {
          nearest.add(scorer.score(ordinal));
          if (nearest.size() > wanted) {
            nearest.poll();
          }
        }
      }
      int hits = 0;
      for (ScoreDoc hit : collector.topDocs().scoreDocs) {
        // Ordinals ascend with documents. The exact score decides, since the score of the hit may
        // be quantized.
        int ordinal = Arrays.binarySearch(documents, hit.doc);
        if (ordinal != query && !nearest.isEmpty() && scorer.score(ordinal) >= nearest.peek()) {
          hits++;
        }
      }
      found += Math.min(wanted, hits);
    }
    return found / ((double) wanted * sample);
  }

  /** Searches with one of the vectors as the query; returns its exact scores, by ordinal. */
  private static RandomVectorScorer search(
      LeafReader segment,
      FieldInfo field,
      KnnVectorValues values,
      int query,
      TopKnnCollector collector,
      AcceptDocs accepted)
      throws IOException {
    VectorSimilarityFunction similarity = field.getVectorSimilarityFunction();
    return switch (values) {
      case FloatVectorValues floats -> {
        float[] vector = floats.vectorValue(query).clone();
        segment.searchNearestVectors(field.name, vector, collector, accepted);
        yield EXACT.getRandomVectorScorer(similarity, floats, vector);
      }
      case ByteVectorValues bytes -> {
        byte[] vector = bytes.vectorValue(query).clone();
        segment.searchNearestVectors(field.name, vector, collector, accepted);
        yield EXACT.getRandomVectorScorer(similarity, bytes, vector);
      }
      default -> throw new AssertionError(values.getClass());
    };
  }
}
