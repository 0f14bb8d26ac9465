// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import io.github.batchedhnsw.codec.BuildListener;
import io.github.batchedhnsw.codec.BuildMemory;
import io.github.batchedhnsw.codec.BuiltGraph;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.lucene.index.MergePolicy;

/** Counts the graphs that a node has built since it started. Safe for use by several threads. */
final class BuildStatistics {
  private static final Logger LOGGER = LogManager.getLogger(BuildStatistics.class);
  private static final int KEPT_FAILURES = 10;

  private final long memoryBudgetBytes;
  private long vectors;
  private long nanos;
  private long abortedMerges;
  private long failed;
  private final Map<String, Long> graphsByPlan = new TreeMap<>();
  private final Map<String, RecallEstimate> estimatedRecall = new TreeMap<>();
  private final Map<String, String> notReplaced = new TreeMap<>();
  private final Deque<BuildFailure> lastFailures = new ArrayDeque<>();

  /**
   * @param memoryBudgetBytes most heap that all builds of the node should take together
   */
  BuildStatistics(long memoryBudgetBytes) {
    this.memoryBudgetBytes = memoryBudgetBytes;
  }

  /** Returns a listener for the graphs of one index. */
  BuildListener listener(String index) {
    return new BuildListener() {
      @Override
      public void built(BuiltGraph graph) {
        count(index, graph);
      }

      @Override
      public void failed(String field, int size, Throwable cause) {
        if (cause instanceof MergePolicy.MergeAbortedException) {
          countAborted();
        } else {
          count(new BuildFailure(System.currentTimeMillis(), index, field, size, cause.toString()));
        }
      }

      @Override
      public void notReplaced(String field, String format) {
        keep(index, field, format);
      }
    };
  }

  private synchronized void count(String index, BuiltGraph graph) {
    vectors += graph.vectors();
    nanos += graph.nanos();
    graphsByPlan.merge(graph.plan(), 1L, Long::sum);
    double recall = graph.estimatedRecall();
    if (!Double.isNaN(recall)) {
      RecallEstimate estimate = new RecallEstimate(graph.vectors(), recall, recall);
      estimatedRecall.merge(index + "/" + graph.field(), estimate, RecallEstimate::plus);
    }
  }

  /** Called by every shard each time it is opened, but logged only once. */
  private synchronized void keep(String index, String field, String format) {
    if (!format.equals(notReplaced.put(index + "/" + field, format))) {
      LOGGER.warn(
          "not built by batched_hnsw: field [{}] of index [{}], which has the format [{}]",
          field,
          index,
          format);
    }
  }

  private synchronized void countAborted() {
    abortedMerges++;
  }

  private synchronized void count(BuildFailure failure) {
    failed++;
    lastFailures.addLast(failure);
    if (lastFailures.size() > KEPT_FAILURES) {
      lastFailures.removeFirst();
    }
  }

  /** The current counts. */
  synchronized BuildCounts counts() {
    return new BuildCounts(
        memoryBudgetBytes,
        BuildMemory.reservedBytes(),
        vectors,
        nanos,
        abortedMerges,
        failed,
        new TreeMap<>(graphsByPlan),
        new TreeMap<>(estimatedRecall),
        new TreeMap<>(notReplaced),
        List.copyOf(lastFailures));
  }
}
