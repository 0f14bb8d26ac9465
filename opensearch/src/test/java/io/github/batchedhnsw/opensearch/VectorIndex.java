// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * An index with one field of vectors, as clients of a node see it.
 *
 * @param preference which copies of its shards answer searches
 */
record VectorIndex(Http http, String name, String preference) {
  private static final int IDS_PER_BULK = 1000;
  private static final int SHOWN_ERRORS = 1000;

  /** The index, whichever copies of its shards answer. */
  VectorIndex(Http http, String name) {
    this(http, name, "_local");
  }

  /**
   * Creates an index with one shard.
   *
   * @param settings further lines of the settings, each with a comma before it
   */
  static VectorIndex create(Http http, String name, int dimension, String settings)
      throws IOException, InterruptedException {
    http.put(name, definition(dimension, 16, settings));
    return new VectorIndex(http, name);
  }

  static String definition(int dimension, int m, String settings) {
    return """
        {
          "settings": {
            "index.knn": true, "number_of_shards": 1, "index.refresh_interval": -1 %s
          },
          "mappings": {"properties": {"vec": {
            "type": "knn_vector", "dimension": %d,
            "method": {"name": "hnsw", "engine": "lucene", "space_type": "l2",
              "parameters": {"m": %d, "ef_construction": 100}}
          }}}
        }
        """
        .formatted(settings, dimension, m);
  }

  /**
   * Indexes vectors {@code from} to {@code to - 1} under their numbers, all of them acknowledged.
   */
  void index(float[][] vectors, int from, int to) throws IOException, InterruptedException {
    for (int start = from; start < to; start += IDS_PER_BULK) {
      indexing(vectors, start, Math.min(to, start + IDS_PER_BULK)).call();
    }
  }

  /** One request that does so. */
  Request<Void> indexing(float[][] vectors, int from, int to) {
    StringBuilder bulk = new StringBuilder();
    for (int id = from; id < to; id++) {
      bulk.append("{\"index\":{\"_id\":\"").append(id).append("\"}}\n{\"vec\":");
      bulk.append(Arrays.toString(vectors[id])).append("}\n");
    }
    String body = bulk.toString();
    return () -> {
      Map<String, Object> answer = http.post(name + "/_bulk", body);
      if (!answer.get("errors").equals(false)) {
        throw new AssertionError(answer.toString().substring(0, SHOWN_ERRORS));
      }
      return null;
    };
  }

  /** A request that is ready to be sent. */
  interface Request<T> extends Callable<T> {
    @Override
    T call() throws IOException, InterruptedException;
  }

  void refresh() throws IOException, InterruptedException {
    http.post(name + "/_refresh", "");
  }

  void flush() throws IOException, InterruptedException {
    http.post(name + "/_flush?force=true", "");
  }

  /** Merges to one segment and makes all documents visible. */
  void forceMerge() throws IOException, InterruptedException {
    Map<String, Object> answer = http.post(name + "/_forcemerge?max_num_segments=1", "");
    if (!Http.at(answer, "_shards", "failed").equals(0)) {
      throw new AssertionError(answer.toString());
    }
    refresh();
  }

  int count() throws IOException, InterruptedException {
    return Http.at(http.get(name + "/_count?preference=" + preference), "count");
  }

  /** Ids of the k nearest of a query vector. */
  List<String> nearest(float[] query, int k) throws IOException, InterruptedException {
    return searching(query, k).call();
  }

  /** The request for them. */
  Request<List<String>> searching(float[] query, int k) {
    String body =
        """
        {"size": %d, "_source": false, "query": {"knn": {"vec": {"vector": %s, "k": %d}}}}
        """
            .formatted(k, Arrays.toString(query), k);
    return () -> {
      Map<String, Object> answer =
          http.post(name + "/_search?request_cache=false&preference=" + preference, body);
      List<String> ids = new ArrayList<>();
      for (Object hit : Http.<List<Object>>at(answer, "hits", "hits")) {
        ids.add(Http.at(hit, "_id"));
      }
      return ids;
    };
  }

  /** The answers to several queries. */
  List<List<String>> nearest(float[][] queries, int k) throws IOException, InterruptedException {
    List<List<String>> hits = new ArrayList<>();
    for (float[] query : queries) {
      hits.add(nearest(query, k));
    }
    return hits;
  }
}
