// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.hosts;

import java.util.List;
import java.util.concurrent.Callable;

/**
 * One node of a host with an index for each variant, as its clients see it over HTTP: a field of
 * vectors under Euclidean distance, M 16, beam width 100, one worker. Requests may come from
 * several threads.
 */
public interface Host {
  /** The variant that everything else is compared with. */
  String STOCK = "stock";

  /** Name, version, heap. */
  String description();

  /** Ways to build graphs, {@link #STOCK} among them. */
  List<String> variants();

  /**
   * Makes the index of a variant, without documents.
   *
   * @param keepsSegments whether segments of refreshes stay until a force merge
   */
  void create(String variant, boolean keepsSegments) throws Exception;

  /** A request that indexes vectors {@code from} to {@code to - 1} under their numbers. */
  Callable<?> indexing(String variant, float[][] vectors, int from, int to);

  /** A request that makes everything visible that has been indexed. */
  Callable<?> refreshing(String variant);

  /** Merges to one segment, and makes it visible. */
  void forceMerge(String variant) throws Exception;

  /** A request for the numbers of the k nearest vectors. */
  Callable<List<String>> searching(String variant, float[] query, int k);

  /** Number of documents that are visible. */
  int count(String variant) throws Exception;

  /** Processor time of the node since it has started. */
  double cpuSeconds();

  /** Time of all builds of ours since the node has started; 0 where stock builds. */
  double buildSeconds() throws Exception;

  /** Removes the index of a variant, or its documents. */
  void drop(String variant) throws Exception;
}
