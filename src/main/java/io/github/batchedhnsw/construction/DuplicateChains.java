// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.linking.SpanningTree;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.survey.Duplicates;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Builds a graph over distinct vectors only, and adds their exact duplicates on level 0: the first
 * is attached to the vector that represents them, and the others form a tree below the first.
 * Otherwise duplicates would fill each other's lists, leave no edge to any other node, and become
 * unreachable (apache/lucene #13611). They use one of their representative's edges, however many
 * there are.
 *
 * <p>Thread-safety: instances have no state besides their parameters.
 */
final class DuplicateChains implements GraphBuilder {
  private final GraphBuilder builder;
  private final BuildLog log;

  /**
   * @param builder builds the graph of the distinct vectors
   */
  DuplicateChains(GraphBuilder builder, BuildLog log) {
    this.builder = builder;
    this.log = log;
  }

  @Override
  public long estimateBytes(int size, int dimension) {
    return builder.estimateBytes(size, dimension);
  }

  @Override
  public String name() {
    return builder.name();
  }

  @Override
  public BuildResult build(VectorSet vectors, ParallelRanges parallel) throws IOException {
    return build(vectors, Duplicates.representatives(vectors, parallel), parallel);
  }

  /**
   * As {@link #build(VectorSet, ParallelRanges)}, without looking for duplicates.
   *
   * @param representatives as found by {@link Duplicates}; modified
   */
  BuildResult build(VectorSet vectors, int[] representatives, ParallelRanges parallel)
      throws IOException {
    if (representatives == null) {
      return builder.build(vectors, parallel);
    }
    int[] distinct = fixedPoints(representatives);
    log.phase(
        "found %d exact duplicates of %d vectors, which are chained behind those",
        vectors.size() - distinct.length, distinct.length);
    BuildResult result = builder.build(VectorSets.select(vectors, distinct), parallel);
    FlatHnswGraph graph = result.graph();
    List<FlatAdjacency> levels = new ArrayList<>();
    levels.add(graph.level(0).moveTo(distinct, null, vectors.size(), parallel::checkAborted));
    for (int level = 1; level < graph.numLevels(); level++) {
      FlatAdjacency lists = graph.level(level);
      int[] nodes = new int[lists.size()];
      for (int slot = 0; slot < nodes.length; slot++) {
        nodes[slot] = distinct[lists.ordinalAt(slot)];
      }
      levels.add(lists.moveTo(distinct, nodes, nodes.length, parallel::checkAborted));
    }
    FlatHnswGraph all = new FlatHnswGraph(graph.maxConn(), levels);
    log.begin(BuildPhase.REPAIR);
    chain(all.level(0), all.entryPoint(), representatives, vectors.scorer(), parallel);
    log.phase("chained the duplicates");
    return new BuildResult(all, result.plan(), result.estimate());
  }

  private static int[] fixedPoints(int[] representatives) {
    int count = 0;
    int[] fixed = new int[representatives.length];
    for (int ordinal = 0; ordinal < representatives.length; ordinal++) {
      if (representatives[ordinal] == ordinal) {
        fixed[count++] = ordinal;
      }
    }
    return Arrays.copyOf(fixed, count);
  }

  /**
   * @param representatives of all nodes; modified
   */
  private static void chain(
      FlatAdjacency level,
      int entry,
      int[] representatives,
      OrdinalScorer scorer,
      ParallelRanges parallel)
      throws IOException {
    SpanningTree tree = new SpanningTree(level, entry, level.maxDegree(), parallel);
    int[] host = new int[1];
    float[] score = new float[1];
    for (int node = 0; node < representatives.length; node++) {
      int representative = representatives[node];
      if (representative != node) {
        parallel.checkAborted();
        // Once a first duplicate is attached, its representative's entry holds its ordinal.
        int first = representatives[representative];
        host[0] = tree.hostNear(first, node);
        scorer.setQuery(node);
        scorer.score(host, 1, score);
        tree.attach(node, host[0], score[0]);
        if (first == representative) {
          representatives[representative] = node;
        }
      }
    }
  }
}
