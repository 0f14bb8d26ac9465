// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Documents with a vector in four fields, in clusters; always the same ones, and queries about
 * them.
 */
final class Corpus {
  static final int SIZE = 3000;
  private static final int DIMENSION = 32;
  private static final int CLUSTERS = 20;
  private static final int QUERIES = 25;
  private static final int TOP_K = 10;

  private final float[][] vectors;
  private final float[][] queries;

  Corpus() {
    Random random = new Random(42);
    float[][] centers = gaussian(random, CLUSTERS, null);
    vectors = gaussian(random, SIZE, centers);
    queries = gaussian(random, QUERIES, centers);
  }

  private static float[][] gaussian(Random random, int count, float[][] centers) {
    float[][] rows = new float[count][DIMENSION];
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < DIMENSION; k++) {
        rows[i][k] = (float) random.nextGaussian();
        if (centers != null) {
          rows[i][k] = 0.5f * rows[i][k] + centers[i % CLUSTERS][k];
        }
      }
    }
    return rows;
  }

  private static byte[] bytes(float[] vector) {
    byte[] bytes = new byte[vector.length];
    for (int k = 0; k < bytes.length; k++) {
      bytes[k] = (byte) Math.max(-128, Math.min(127, Math.round(vector[k] * 30)));
    }
    return bytes;
  }

  /** As {@code /update} takes them; ids are the numbers. */
  List<Map<String, Object>> documents(int from, int to) {
    return IntStream.range(from, to).mapToObj(this::document).toList();
  }

  private Map<String, Object> document(int id) {
    return Map.of(
        "id",
        "" + id,
        "vector",
        vectors[id],
        "byte_vector",
        ints(bytes(vectors[id])),
        "scalar_vector",
        vectors[id],
        "binary_vector",
        vectors[id]);
  }

  private static int[] ints(byte[] bytes) {
    return IntStream.range(0, bytes.length).map(k -> bytes[k]).toArray();
  }

  /**
   * The hits of all queries of all fields, in the order of the response. Without scores: Lucene's
   * change in the last digit once its arithmetic is compiled.
   */
  List<String> hits(SolrHttp solr, String core) throws Exception {
    List<String> all = new ArrayList<>();
    for (float[] query : queries) {
      all.addAll(hits(solr, core, "vector", Arrays.toString(query)));
      all.addAll(hits(solr, core, "byte_vector", Arrays.toString(bytes(query))));
      all.addAll(hits(solr, core, "scalar_vector", Arrays.toString(query)));
      all.addAll(hits(solr, core, "binary_vector", Arrays.toString(query)));
    }
    return all;
  }

  private List<String> hits(SolrHttp solr, String core, String field, String query)
      throws Exception {
    List<String> hits = new ArrayList<>();
    for (JsonNode hit : search(solr, core, field, query)) {
      hits.add(field + " " + hit.get("id").asText());
    }
    return hits;
  }

  private static JsonNode search(SolrHttp solr, String core, String field, String query)
      throws Exception {
    return solr.form(
            core + "/select",
            Map.of(
                "q", "{!knn f=" + field + " topK=" + TOP_K + "}" + query.replace(" ", ""),
                "fl", "id",
                "rows", "" + TOP_K))
        .get("response")
        .get("docs");
  }

  /** Share of the exact nearest that the queries of a field of floats find; no id is missing. */
  double recall(SolrHttp solr, String core, String field) throws Exception {
    int found = 0;
    for (float[] query : queries) {
      Set<String> nearest = new HashSet<>(nearest(query));
      for (JsonNode hit : search(solr, core, field, Arrays.toString(query))) {
        found += nearest.contains(hit.get("id").asText()) ? 1 : 0;
      }
    }
    return (double) found / (QUERIES * TOP_K);
  }

  private List<String> nearest(float[] query) {
    return IntStream.range(0, SIZE)
        .boxed()
        .sorted(Comparator.comparingDouble(id -> -cosine(query, vectors[id])))
        .limit(TOP_K)
        .map(id -> "" + id)
        .toList();
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int k = 0; k < a.length; k++) {
      ab += a[k] * b[k];
      aa += a[k] * a[k];
      bb += b[k] * b[k];
    }
    return ab / Math.sqrt(aa * bb);
  }

  /** The id of the document nearest to the vector of another one, which should be that one. */
  String nearestToDocument(SolrHttp solr, String core, int id) throws Exception {
    return search(solr, core, "vector", Arrays.toString(vectors[id])).get(0).get("id").asText();
  }
}
