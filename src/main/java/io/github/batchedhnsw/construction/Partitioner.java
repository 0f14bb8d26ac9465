package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.Panel;
import io.github.batchedhnsw.vectors.RowReader;
import io.github.batchedhnsw.vectors.RowSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Randomised ball carving (PiPNN, arXiv 2602.21247): some nodes are drawn as leaders, and every
 * node joins the leaves of its nearest leaders. A leaf that became too large is carved again; where
 * that does not shrink it, as with duplicates, it is cut at random.
 *
 * <p>Many leaders are not compared with every node: they are grouped around leaders of their own,
 * and a node is compared with those in the groups nearest to it.
 *
 * <p>Not thread-safe; works on the threads of its {@link ParallelRanges}.
 */
final class Partitioner {
  /** Up to this many leaders are compared with every node. */
  private static final int FLAT_LEADERS = 256;

  /** Groups of leaders that a node looks into. */
  private static final int PROBES = 4;

  /** Nodes whose leaders are looked for at a time; bounds the memory that takes. */
  private static final int CHUNK_NODES = 1 << 14;

  private static final int RANGE_NODES = 128;

  /** No leader: a node compared with too few. */
  private static final int NONE = -1;

  private final RowSource vectors;
  private final ParallelRanges parallel;
  private final int leafSize;
  private final Worker[] workers;

  /**
   * @param leafSize aimed at; leaves have at most twice as many nodes
   * @param fanout most leaves that a node will join
   */
  Partitioner(RowSource vectors, ParallelRanges parallel, int leafSize, int fanout)
      throws IOException {
    this.vectors = vectors;
    this.parallel = parallel;
    this.leafSize = leafSize;
    this.workers = new Worker[parallel.workers()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(vectors, Math.max(fanout, PROBES));
    }
  }

  /**
   * Partitions nodes.
   *
   * @param nodes ordinals, ascending
   * @param fanout number of leaves that a node joins, where there are so many
   */
  Partition partition(int[] nodes, int fanout, long seed) throws IOException {
    List<int[]> leaves = new ArrayList<>();
    carve(nodes, fanout, seed, leaves);
    int[] starts = new int[leaves.size() + 1];
    for (int leaf = 0; leaf < leaves.size(); leaf++) {
      starts[leaf + 1] = Math.addExact(starts[leaf], leaves.get(leaf).length);
    }
    int[] members = new int[starts[leaves.size()]];
    for (int leaf = 0; leaf < leaves.size(); leaf++) {
      System.arraycopy(leaves.get(leaf), 0, members, starts[leaf], leaves.get(leaf).length);
      leaves.set(leaf, null);
    }
    return new Partition(members, starts);
  }

  private void carve(int[] nodes, int fanout, long seed, List<int[]> leaves) throws IOException {
    if (nodes.length <= 2 * leafSize) {
      leaves.add(nodes);
      return;
    }
    int leaderCount = (int) Math.min(nodes.length, (long) nodes.length * fanout / leafSize + 1);
    int[] leaders = sample(nodes, leaderCount, seed);
    int joined = Math.min(fanout, leaderCount);
    int[] nearest =
        leaderCount <= FLAT_LEADERS
            ? nearestOfAll(nodes, leaders, joined)
            : nearestOfGroups(nodes, leaders, joined, seed);
    int[][] clusters = gather(nodes, nearest, joined, leaderCount);
    for (int cluster = 0; cluster < clusters.length; cluster++) {
      int[] members = clusters[cluster];
      clusters[cluster] = null;
      if (members.length > nodes.length * 0.9) {
        cut(members, SplitMix.hash(seed, cluster), leaves);
      } else if (members.length > 0) {
        carve(members, 1, SplitMix.hash(seed, cluster), leaves);
      }
    }
  }

  /** Draws some of the nodes, ascending. */
  private static int[] sample(int[] nodes, int count, long seed) {
    int[] sample = new int[count];
    for (int i = 0; i < count; i++) {
      sample[i] = nodes[SplitMix.sample(seed, i, count, nodes.length)];
    }
    return sample;
  }

  private void cut(int[] nodes, long seed, List<int[]> leaves) {
    int[] shuffled = nodes.clone();
    SplitMix.shuffle(shuffled, seed);
    int pieces = (nodes.length + leafSize - 1) / leafSize;
    for (int piece = 0; piece < pieces; piece++) {
      int from = (int) ((long) nodes.length * piece / pieces);
      int to = (int) ((long) nodes.length * (piece + 1) / pieces);
      int[] leaf = Arrays.copyOfRange(shuffled, from, to);
      Arrays.sort(leaf);
      leaves.add(leaf);
    }
  }

  /** The members of each cluster, in the order of the nodes. */
  private static int[][] gather(int[] nodes, int[] clusterOf, int joined, int clusterCount) {
    int[] sizes = new int[clusterCount];
    for (int cluster : clusterOf) {
      if (cluster != NONE) {
        sizes[cluster]++;
      }
    }
    int[][] clusters = new int[clusterCount][];
    for (int cluster = 0; cluster < clusterCount; cluster++) {
      clusters[cluster] = new int[sizes[cluster]];
    }
    Arrays.fill(sizes, 0);
    for (int i = 0; i < clusterOf.length; i++) {
      int cluster = clusterOf[i];
      if (cluster != NONE) {
        clusters[cluster][sizes[cluster]++] = nodes[i / joined];
      }
    }
    return clusters;
  }

  /**
   * The positions in {@code leaders} of the nearest ones of every node, {@code joined} each,
   * compared with all.
   */
  private int[] nearestOfAll(int[] nodes, int[] leaders, int joined) throws IOException {
    Panel leaderPanel = new Panel(vectors.dimension());
    leaderPanel.load(vectors.rows(), leaders, 0, leaders.length);
    int[] positions = identity(leaders.length);
    int[] result = new int[Math.multiplyExact(nodes.length, joined)];
    parallel.forEach(
        nodes.length,
        RANGE_NODES,
        (worker, from, to) -> {
          Worker w = workers[worker];
          w.panel.load(w.rows, nodes, from, to - from);
          w.nearest.find(
              w.panel,
              0,
              to - from,
              leaderPanel,
              positions,
              0,
              joined,
              (row, found) -> store(found.pairs(), found.size(), result, from + row, joined));
        });
    return result;
  }

  /** Stores positions; what is missing is {@link #NONE}, but every node joins some leader. */
  private static void store(long[] found, int count, int[] result, int node, int joined) {
    for (int i = 0; i < joined; i++) {
      result[node * joined + i] = i < count ? ScoredOrdinal.ordinal(found[i]) : i == 0 ? 0 : NONE;
    }
  }

  /** As {@link #nearestOfAll}, compared with the leaders of a few groups each. */
  private int[] nearestOfGroups(int[] nodes, int[] leaders, int joined, long seed)
      throws IOException {
    int groupCount = (int) Math.sqrt(leaders.length);
    int[] heads = sample(leaders, groupCount, SplitMix.hash(seed, 0));
    int[] positions = identity(leaders.length);
    int[][] groups = gather(positions, nearestOfAll(leaders, heads, 1), 1, groupCount);
    Panel[] groupPanels = new Panel[groupCount];
    for (int group = 0; group < groupCount; group++) {
      int[] ordinals = groups[group].clone();
      for (int i = 0; i < ordinals.length; i++) {
        ordinals[i] = leaders[ordinals[i]];
      }
      groupPanels[group] = new Panel(vectors.dimension());
      groupPanels[group].load(vectors.rows(), ordinals, 0, ordinals.length);
    }
    int[] result = new int[Math.multiplyExact(nodes.length, joined)];
    int probes = Math.min(PROBES, groupCount);
    for (int from = 0; from < nodes.length; from += Math.min(CHUNK_NODES, nodes.length - from)) {
      int[] chunk = Arrays.copyOfRange(nodes, from, Math.min(nodes.length, from + CHUNK_NODES));
      probe(
          chunk,
          nearestOfAll(chunk, heads, probes),
          probes,
          groups,
          groupPanels,
          joined,
          result,
          from);
    }
    return result;
  }

  private void probe(
      int[] chunk,
      int[] probed,
      int probes,
      int[][] groups,
      Panel[] groupPanels,
      int joined,
      int[] result,
      int firstNode)
      throws IOException {
    // Which nodes look into which group, and at which of their probes.
    int[][] visits = gather(identity(probed.length), probed, 1, groups.length);
    long[] found = new long[probed.length * joined];
    byte[] counts = new byte[probed.length];
    parallel.forEach(
        groups.length,
        1,
        (worker, fromGroup, toGroup) -> {
          for (int group = fromGroup; group < toGroup; group++) {
            int[] visitors = visits[group];
            int[] visitingNodes = new int[visitors.length];
            for (int i = 0; i < visitors.length; i++) {
              visitingNodes[i] = chunk[visitors[i] / probes];
            }
            Worker w = workers[worker];
            for (int from = 0; from < visitors.length; from += RANGE_NODES) {
              int count = Math.min(RANGE_NODES, visitors.length - from);
              int first = from;
              w.panel.load(w.rows, visitingNodes, from, count);
              w.nearest.find(
                  w.panel,
                  0,
                  count,
                  groupPanels[group],
                  groups[group],
                  0,
                  joined,
                  (row, best) -> {
                    int visit = visitors[first + row];
                    System.arraycopy(best.pairs(), 0, found, visit * joined, best.size());
                    counts[visit] = (byte) best.size();
                  });
            }
          }
        });
    parallel.forEach(
        chunk.length,
        1024,
        (worker, from, to) -> {
          long[] best = workers[worker].best;
          for (int node = from; node < to; node++) {
            int count = 0;
            for (int visit = node * probes; visit < (node + 1) * probes; visit++) {
              System.arraycopy(found, visit * joined, best, count, counts[visit]);
              count += counts[visit];
            }
            Beam.sortBestFirst(best, count);
            store(best, count, result, firstNode + node, joined);
          }
        });
  }

  private static int[] identity(int count) {
    int[] identity = new int[count];
    Arrays.setAll(identity, i -> i);
    return identity;
  }

  private static final class Worker {
    final RowReader rows;
    final Panel panel;
    final NearestColumns nearest;
    final long[] best;

    Worker(RowSource vectors, int maxJoined) throws IOException {
      this.rows = vectors.rows();
      this.panel = new Panel(vectors.dimension());
      this.nearest = new NearestColumns(vectors.metric(), vectors.dimension(), maxJoined);
      this.best = new long[maxJoined * PROBES];
    }
  }
}
