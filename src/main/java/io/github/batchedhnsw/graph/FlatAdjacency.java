// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.graph;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.util.IORunnable;

/**
 * The neighbour lists of one level: for each node, up to {@code maxDegree} ordinals with their
 * scores. Lists live in flat arrays with a fixed stride, in pages, so that there is no object per
 * node and no limit by array size.
 *
 * <p>Nodes are addressed by <em>slot</em>, their position among the level's nodes in ascending
 * order of ordinal; on level 0 slot and ordinal are the same. Neighbours are stored as ordinals.
 *
 * <p>Thread-safety: none; several threads may write as long as no two touch the same slot and none
 * reads a slot that another one writes.
 */
public final class FlatAdjacency {
  /** Entries of a page, at most: 2^18 ints are 1 MiB. */
  private static final int PAGE_ENTRIES = 1 << 18;

  private final int[] nodes;
  private final int size;
  private final int maxDegree;
  private final int pageShift;
  private final int pageMask;
  private final int[][] neighbors;
  private final float[][] scores;
  private final short[] degrees;
  private int allocatedPages;

  /**
   * An adjacency without edges.
   *
   * @param nodes ordinals of the level's nodes, ascending; null for the dense level 0
   * @param size number of nodes
   * @param maxDegree longest list, 1 to 1024
   */
  public FlatAdjacency(int[] nodes, int size, int maxDegree) {
    this(nodes, size, maxDegree, size);
  }

  /** With room for the first {@code slots} lists. */
  private FlatAdjacency(int[] nodes, int size, int maxDegree, int slots) {
    assert nodes == null || nodes.length == size;
    this.nodes = nodes;
    this.size = size;
    this.maxDegree = maxDegree;
    this.pageShift = 31 - Integer.numberOfLeadingZeros(Math.max(1, PAGE_ENTRIES / maxDegree));
    int slotsPerPage = 1 << pageShift;
    this.pageMask = slotsPerPage - 1;
    int pages = (size + slotsPerPage - 1) >>> pageShift;
    this.neighbors = new int[pages][];
    this.scores = new float[pages][];
    this.degrees = new short[size];
    allocate(slots);
  }

  /** Makes room for the first {@code slots} lists. */
  private void allocate(int slots) {
    for (; (long) allocatedPages << pageShift < slots; allocatedPages++) {
      int inPage = Math.min(pageMask + 1, size - (allocatedPages << pageShift));
      neighbors[allocatedPages] = new int[inPage * maxDegree];
      scores[allocatedPages] = new float[inPage * maxDegree];
    }
  }

  /** Number of nodes of this level. */
  public int size() {
    return size;
  }

  /** Most neighbours a node can have. */
  public int maxDegree() {
    return maxDegree;
  }

  /** The slot of a node of this level; negative where the node is not on this level. */
  public int slotOf(int ordinal) {
    return nodes == null ? ordinal : Arrays.binarySearch(nodes, ordinal);
  }

  /** The node at a slot. */
  public int ordinalAt(int slot) {
    return nodes == null ? slot : nodes[slot];
  }

  /** Number of neighbours of the node at a slot. */
  public int degree(int slot) {
    return degrees[slot];
  }

  /** Sum of the degrees of all nodes. */
  public long edges() {
    long edges = 0;
    for (short degree : degrees) {
      edges += degree;
    }
    return edges;
  }

  /** Ordinal of a node's neighbour, {@code index} below {@link #degree}. */
  public int neighbor(int slot, int index) {
    return neighbors[slot >>> pageShift][(slot & pageMask) * maxDegree + index];
  }

  /** Score of a node's neighbour with the node. */
  public float score(int slot, int index) {
    return scores[slot >>> pageShift][(slot & pageMask) * maxDegree + index];
  }

  /** Copies a node's neighbours into {@code destination}; returns how many there are. */
  public int copyNeighbors(int slot, int[] destination) {
    int degree = degrees[slot];
    System.arraycopy(
        neighbors[slot >>> pageShift], (slot & pageMask) * maxDegree, destination, 0, degree);
    return degree;
  }

  /** Adds a neighbour to a list that is not full. */
  public void append(int slot, int neighbor, float score) {
    int offset = (slot & pageMask) * maxDegree + degrees[slot]++;
    assert degrees[slot] <= maxDegree;
    neighbors[slot >>> pageShift][offset] = neighbor;
    scores[slot >>> pageShift][offset] = score;
  }

  /** Whether a node has a neighbour. */
  public boolean contains(int slot, int neighbor) {
    for (int i = 0; i < degrees[slot]; i++) {
      if (neighbor(slot, i) == neighbor) {
        return true;
      }
    }
    return false;
  }

  /** Puts a neighbour in place of the one at an index, or at the end of a list that is not full. */
  public void put(int slot, int index, int neighbor, float score) {
    if (index == degrees[slot]) {
      append(slot, neighbor, score);
      return;
    }
    int offset = (slot & pageMask) * maxDegree + index;
    neighbors[slot >>> pageShift][offset] = neighbor;
    scores[slot >>> pageShift][offset] = score;
  }

  /**
   * Moves all lists to an adjacency with other ordinals and, on level 0, more nodes. This one gives
   * up its pages on the way, so that the lists are never on the heap twice, and cannot be used
   * afterwards.
   *
   * @param ordinals the new ordinal of each old one, ascending
   * @param newNodes the new ordinals of the level's nodes, as many as there are; null for level 0
   * @param newSize number of nodes
   * @param betweenPages is run once for each page; an exception of it ends the move, and neither
   *     adjacency can be used then
   * @throws IOException if {@code betweenPages} throws it
   */
  public FlatAdjacency moveTo(int[] ordinals, int[] newNodes, int newSize, IORunnable betweenPages)
      throws IOException {
    FlatAdjacency moved = new FlatAdjacency(newNodes, newSize, maxDegree, 0);
    for (int slot = 0; slot < size; slot++) {
      if ((slot & pageMask) == 0) {
        betweenPages.run();
      }
      int newSlot = newNodes == null ? ordinals[slot] : slot;
      moved.allocate(newSlot + 1);
      for (int i = 0; i < degrees[slot]; i++) {
        moved.append(newSlot, ordinals[neighbor(slot, i)], score(slot, i));
      }
      if ((slot & pageMask) == pageMask) {
        neighbors[slot >>> pageShift] = null;
        scores[slot >>> pageShift] = null;
      }
    }
    moved.allocate(newSize);
    return moved;
  }

  /** Copies a list as {@link ScoredOrdinal}s, in its order; returns how many there are. */
  public int copyPairs(int slot, long[] destination) {
    int degree = degrees[slot];
    int[] page = neighbors[slot >>> pageShift];
    float[] scorePage = scores[slot >>> pageShift];
    int offset = (slot & pageMask) * maxDegree;
    for (int i = 0; i < degree; i++) {
      destination[i] = ScoredOrdinal.encode(scorePage[offset + i], page[offset + i]);
    }
    return degree;
  }

  /** Replaces a list by the first {@code count} {@link ScoredOrdinal}s. */
  public void replace(int slot, long[] pairs, int count) {
    replace(slot, pairs, 0, count);
  }

  /** Replaces a list by {@code count} {@link ScoredOrdinal}s from {@code from} on. */
  public void replace(int slot, long[] pairs, int from, int count) {
    degrees[slot] = 0;
    for (int i = from; i < from + count; i++) {
      append(slot, ScoredOrdinal.ordinal(pairs[i]), ScoredOrdinal.score(pairs[i]));
    }
  }

  /** Drops the entries of a list beyond the first {@code degree}. */
  public void truncate(int slot, int degree) {
    degrees[slot] = (short) Math.min(degrees[slot], degree);
  }

  /** Heap bytes of an adjacency of this shape, arrays only. */
  public static long estimateBytes(int size, int maxDegree) {
    return (long) size * (maxDegree * (Integer.BYTES + Float.BYTES) + Short.BYTES);
  }
}
