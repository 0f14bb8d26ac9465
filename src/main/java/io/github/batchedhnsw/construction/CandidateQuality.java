package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.Panel;
import io.github.batchedhnsw.vectors.RowReader;
import io.github.batchedhnsw.vectors.RowSource;
import java.io.IOException;

/**
 * Estimates how good the candidates of a level are: the share of some sampled nodes' true nearest
 * neighbours that is among their candidates. The true ones are found once, by comparing with all;
 * what is as near as the last of them counts, too, so that duplicates are no misses.
 */
final class CandidateQuality {
  private static final int SAMPLE = 16 * DistanceKernels.STRIP_ROWS;
  private static final int NEIGHBORS = 10;
  private static final int RANGE_NODES = 512;

  private final int[] sampledSlots;
  private final int[] trueCounts;
  private final float[] leastScores;

  /**
   * @param nodes ordinals of the level
   */
  CandidateQuality(
      RowSource vectors, ParallelRanges parallel, FlatAdjacency level, int[] nodes, long seed)
      throws IOException {
    int count = Math.min(SAMPLE, nodes.length);
    int[] sample = new int[count];
    sampledSlots = new int[count];
    for (int i = 0; i < count; i++) {
      sample[i] = nodes[SplitMix.sample(seed, i, count, nodes.length)];
      sampledSlots[i] = level.slotOf(sample[i]);
    }
    Panel samplePanel = new Panel(vectors.dimension());
    samplePanel.load(vectors.rows(), sample, 0, count);
    Beam[][] best = new Beam[parallel.workers()][count]; // the same in all, whoever finds it
    RowReader[] readers = new RowReader[parallel.workers()];
    Panel[] panels = new Panel[parallel.workers()];
    NearestColumns[] nearest = new NearestColumns[parallel.workers()];
    for (int i = 0; i < readers.length; i++) {
      readers[i] = vectors.rows();
      panels[i] = new Panel(vectors.dimension());
      nearest[i] = new NearestColumns(vectors.metric(), vectors.dimension(), NEIGHBORS + 1);
      for (int row = 0; row < count; row++) {
        best[i][row] = emptyBeam();
      }
    }
    parallel.forEach(
        nodes.length,
        RANGE_NODES,
        (worker, from, to) -> {
          panels[worker].load(readers[worker], nodes, from, to - from);
          nearest[worker].find(
              samplePanel,
              0,
              count,
              panels[worker],
              nodes,
              from,
              NEIGHBORS + 1,
              (row, found) -> offerAll(found, best[worker][row]));
        });
    trueCounts = new int[count];
    leastScores = new float[count];
    for (int row = 0; row < count; row++) {
      Beam beam = best[0][row];
      for (int i = 1; i < best.length; i++) {
        offerAll(best[i][row], beam);
      }
      for (int i = 0; i < beam.size() && trueCounts[row] < NEIGHBORS; i++) {
        if (ScoredOrdinal.ordinal(beam.pairs()[i]) != sample[row]) {
          trueCounts[row]++;
          leastScores[row] = ScoredOrdinal.score(beam.pairs()[i]);
        }
      }
    }
  }

  private static Beam emptyBeam() {
    Beam beam = new Beam(NEIGHBORS + 1);
    beam.reset(NEIGHBORS + 1);
    return beam;
  }

  private static void offerAll(Beam from, Beam to) {
    for (int i = 0; i < from.size(); i++) {
      to.offer(from.pairs()[i]);
    }
  }

  /** Share of the true neighbours that are in the level's lists, 0 to 1. */
  double estimate(FlatAdjacency level) {
    int known = 0;
    int total = 0;
    for (int i = 0; i < sampledSlots.length; i++) {
      int near = 0;
      for (int j = 0; j < level.degree(sampledSlots[i]); j++) {
        if (level.score(sampledSlots[i], j) >= leastScores[i]) {
          near++;
        }
      }
      known += Math.min(near, trueCounts[i]);
      total += trueCounts[i];
    }
    return total == 0 ? 1 : known / (double) total;
  }
}
