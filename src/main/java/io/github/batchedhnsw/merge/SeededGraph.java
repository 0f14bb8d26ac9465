package io.github.batchedhnsw.merge;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import io.github.batchedhnsw.construction.GraphSeed;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.util.RamUsageEstimator;
import org.apache.lucene.util.hnsw.HnswGraph;

/**
 * The graph of one merged segment in terms of the merged ordinals, without what was deleted; and
 * what the graphs of the other segments know about their nodes. Lists are read when they are asked
 * for. The maps take 14 heap bytes per vector.
 */
final class SeededGraph implements GraphSeed {
  private final List<MergeSource> sources;
  private final int base;
  private final int[][] nodes; // by level
  private final int[] oldOrdinals; // by merged ordinal
  private final short[] sourceOf; // by merged ordinal; NO_SOURCE where its segment has no graph

  private static final short NO_SOURCE = -1;

  /**
   * @param base position of the segment whose graph is extended
   * @param size number of merged vectors
   */
  SeededGraph(List<MergeSource> sources, int base, int size) throws IOException {
    this.sources = sources;
    this.base = base;
    this.oldOrdinals = new int[size];
    this.sourceOf = new short[size];
    Arrays.fill(sourceOf, NO_SOURCE);
    for (int s = 0; s < Math.min(sources.size(), Short.MAX_VALUE); s++) {
      int[] newOrdinals = sources.get(s).newOrdinals();
      if (sources.get(s).hasGraph()) {
        for (int old = 0; old < newOrdinals.length; old++) {
          if (newOrdinals[old] >= 0) {
            oldOrdinals[newOrdinals[old]] = old;
            sourceOf[newOrdinals[old]] = (short) s;
          }
        }
      }
    }
    HnswGraph graph = sources.get(base).graph().get();
    this.nodes = new int[graph.numLevels()][];
    for (int level = 0; level < nodes.length; level++) {
      nodes[level] = nodes(graph, level);
    }
  }

  private int[] nodes(HnswGraph graph, int level) throws IOException {
    int[] newOrdinals = sources.get(base).newOrdinals();
    HnswGraph.NodesIterator old = graph.getNodesOnLevel(level);
    int[] mapped = new int[old.size()];
    int count = 0;
    while (old.hasNext()) {
      int ordinal = newOrdinals[old.nextInt()];
      if (ordinal >= 0) {
        mapped[count++] = ordinal;
      }
    }
    mapped = Arrays.copyOf(mapped, count);
    Arrays.sort(mapped);
    return mapped;
  }

  @Override
  public int numLevels() {
    return nodes.length;
  }

  @Override
  public int[] nodes(int level) {
    return nodes[level];
  }

  @Override
  public boolean hasDeletes() {
    return sources.get(base).hasDeletes();
  }

  /** Besides these maps those of the segments. */
  @Override
  public long ramBytesUsed() {
    long bytes = RamUsageEstimator.sizeOf(oldOrdinals) + RamUsageEstimator.sizeOf(sourceOf);
    for (int[] level : nodes) {
      bytes += RamUsageEstimator.sizeOf(level);
    }
    for (MergeSource source : sources) {
      bytes += RamUsageEstimator.sizeOf(source.newOrdinals());
    }
    return bytes;
  }

  @Override
  public Cursor cursor() throws IOException {
    return new ListCursor();
  }

  private final class ListCursor implements Cursor {
    /** Lists of lost neighbours are read up to this many entries. */
    private static final int MAX_BRIDGES = 1024;

    private final HnswGraph[] graphs = new HnswGraph[sources.size()]; // opened when first used
    private final int maxEntries;
    private int[] lostNeighbors;
    private int lost;
    private int level;

    ListCursor() {
      int longest = MAX_BRIDGES;
      for (MergeSource source : sources) {
        longest = Math.max(longest, 2 * source.maxConn());
      }
      this.maxEntries = longest;
      this.lostNeighbors = new int[longest];
    }

    private HnswGraph graph(int source) throws IOException {
      if (graphs[source] == null) {
        graphs[source] = sources.get(source).graph().get();
      }
      return graphs[source];
    }

    @Override
    public int maxEntries() {
      return maxEntries;
    }

    @Override
    public int neighbors(int onLevel, int ordinal, int[] destination) throws IOException {
      HnswGraph graph = graph(base);
      int[] newOrdinals = sources.get(base).newOrdinals();
      level = onLevel;
      lost = 0;
      int count = 0;
      graph.seek(level, oldOrdinals[ordinal]);
      for (int old; (old = graph.nextNeighbor()) != NO_MORE_DOCS; ) {
        if (newOrdinals[old] >= 0) {
          destination[count++] = newOrdinals[old];
        } else {
          lostNeighbors[lost++] = old;
        }
      }
      return count;
    }

    @Override
    public int lost() {
      return lost;
    }

    @Override
    public int bridges(int[] destination) throws IOException {
      int count = 0;
      for (int i = 0; i < lost && count < maxEntries; i++) {
        graph(base).seek(level, lostNeighbors[i]);
        count = copyLive(base, destination, count);
      }
      return count;
    }

    @Override
    public int hints(int ordinal, int[] destination) throws IOException {
      int source = sourceOf[ordinal];
      if (source == NO_SOURCE || source == base) {
        return 0;
      }
      graph(source).seek(0, oldOrdinals[ordinal]);
      return copyLive(source, destination, 0);
    }

    /** Copies the rest of the list that a graph was turned to; returns the new count. */
    private int copyLive(int source, int[] destination, int from) throws IOException {
      int[] newOrdinals = sources.get(source).newOrdinals();
      int count = from;
      for (int old; count < maxEntries && (old = graphs[source].nextNeighbor()) != NO_MORE_DOCS; ) {
        if (newOrdinals[old] >= 0) {
          destination[count++] = newOrdinals[old];
        }
      }
      return count;
    }
  }
}
