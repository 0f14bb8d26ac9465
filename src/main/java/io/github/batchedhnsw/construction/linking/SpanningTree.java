// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.SplitMix;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A tree of edges from one node of a level, the root, to all nodes that it reaches. Edges outside
 * the tree can be replaced without making a node unreachable; those of the tree are never replaced.
 * Neither is one edge that leads back to the root, if there is any and lists have room for two:
 * searches of a level start where those of the level above ended, so the root has to be found like
 * the other nodes. Serial; not thread-safe.
 *
 * <p>There is always room for another node: an edge of the tree leads to a child, and a leaf of the
 * tree has no children. Its list, which is full with two edges at least, can have one to the root;
 * any other can be replaced.
 */
public final class SpanningTree {
  private static final int UNREACHED = -1;

  /** Slots that are visited between two abort checks. */
  private static final int CHECK_INTERVAL = 1 << 14;

  private final FlatAdjacency level;
  private final ParallelRanges parallel;
  private final int[] parents; // by slot; the root is its own parent
  private final int mostAttached;
  private final BitSet attached = new BitSet(); // slots
  private final int[] queue;
  private final int root; // slot
  private int rootHost; // the slot whose edge to the root is not replaced, or UNREACHED

  /**
   * Builds the tree of all nodes reachable from a slot, breadth first, so that its paths are short.
   *
   * @param mostAttached most nodes to attach to a node that is reached at construction; twice as
   *     many may be attached to a node that was attached itself
   * @param parallel runs the abort check
   * @throws IOException whatever the abort check throws
   */
  public SpanningTree(FlatAdjacency level, int rootSlot, int mostAttached, ParallelRanges parallel)
      throws IOException {
    this.level = level;
    this.parallel = parallel;
    this.mostAttached = mostAttached;
    this.parents = new int[level.size()];
    this.queue = new int[level.size()];
    Arrays.fill(parents, UNREACHED);
    grow(rootSlot, rootSlot);
    this.root = rootSlot;
    this.rootHost = level.maxDegree() > 1 ? slotWithEdgeToRoot() : UNREACHED;
  }

  /** Returns a slot whose list holds the root, a neighbour of the root if any of them does. */
  private int slotWithEdgeToRoot() {
    int ordinal = level.ordinalAt(root);
    for (int i = 0; i < level.degree(root); i++) {
      if (level.contains(neighbor(root, i), ordinal)) {
        return neighbor(root, i);
      }
    }
    for (int slot = 0; slot < level.size(); slot++) {
      if (level.contains(slot, ordinal)) {
        return slot;
      }
    }
    return UNREACHED;
  }

  /** Whether the slot is reachable from the root. */
  boolean reaches(int slot) {
    return parents[slot] != UNREACHED;
  }

  /** Whether an edge leads to the root. */
  boolean leadsToRoot() {
    return rootHost != UNREACHED || slotWithEdgeToRoot() != UNREACHED;
  }

  /**
   * Returns the given reached slot if its list has room for another edge and not too many nodes
   * have been attached to it, otherwise a descendant of it in the tree. The descent ends at a leaf
   * at the latest. It chooses children by hash, so that it is short however many nodes have been
   * attached.
   *
   * @param forSlot the slot that needs a host
   */
  public int hostNear(int slot, int forSlot) {
    int host = slot;
    for (int depth = 0; ; depth++) {
      int count = attachedTo(host);
      if (count >= (attached.get(host) ? 2 * mostAttached : mostAttached)) {
        host = attachedTo(host, SplitMix.hash(forSlot, depth, count));
      } else if (placeFor(host) >= 0) {
        return host;
      } else { // no edge can be replaced, so all lead to children or to the root
        host = child(host, SplitMix.hash(forSlot, depth, level.degree(host)));
      }
    }
  }

  /** Returns the neighbour at an index, or the next one if that is the root. */
  private int child(int slot, int index) {
    int neighbor = neighbor(slot, index);
    return neighbor == root ? neighbor(slot, (index + 1) % level.degree(slot)) : neighbor;
  }

  /** Returns how many nodes have been attached to a slot. */
  private int attachedTo(int slot) {
    int count = 0;
    for (int i = 0; i < level.degree(slot); i++) {
      count += isAttached(neighbor(slot, i), slot) ? 1 : 0;
    }
    return count;
  }

  /** Returns the slot of one of the nodes that have been attached to a slot. */
  private int attachedTo(int slot, int which) {
    int i = 0;
    for (int before = -1; before < which; i++) {
      before += isAttached(neighbor(slot, i), slot) ? 1 : 0;
    }
    return neighbor(slot, i - 1);
  }

  private boolean isAttached(int slot, int host) {
    return parents[slot] == host && attached.get(slot);
  }

  /** The slot of a neighbour. */
  private int neighbor(int slot, int index) {
    return level.slotOf(level.neighbor(slot, index));
  }

  /**
   * Links an unreached slot to a reached one, and adds the reverse edge if it does not have to
   * replace an edge of the tree. All nodes reachable from the new one become reached, too.
   *
   * @param hostSlot as returned by {@link #hostNear}
   * @param score of the pair
   * @throws IOException whatever the abort check throws
   */
  public void attach(int slot, int hostSlot, float score) throws IOException {
    level.put(hostSlot, placeFor(hostSlot), level.ordinalAt(slot), score);
    grow(slot, hostSlot);
    attached.set(slot);
    int host = level.ordinalAt(hostSlot);
    int place = level.contains(slot, host) ? UNREACHED : placeFor(slot);
    if (place >= 0) {
      level.put(slot, place, host, score);
    }
  }

  /**
   * Adds an edge to the root.
   *
   * @param hostSlot as returned by {@link #hostNear}, another than the root
   * @param score of the pair
   */
  void attachRoot(int hostSlot, float score) {
    level.put(hostSlot, placeFor(hostSlot), level.ordinalAt(root), score);
    rootHost = hostSlot;
  }

  /**
   * Returns the index in a list where an edge can be put: at the end, or in place of a replaceable
   * one.
   */
  private int placeFor(int slot) {
    int degree = level.degree(slot);
    if (degree < level.maxDegree()) {
      return degree;
    }
    int index = degree - 1;
    while (index >= 0 && isKept(slot, neighbor(slot, index))) {
      index--;
    }
    return index;
  }

  private boolean isKept(int from, int to) {
    return to == root ? from == rootHost : parents[to] == from;
  }

  private void grow(int from, int parent) throws IOException {
    int end = 0;
    parents[from] = parent;
    queue[end++] = from;
    for (int next = 0; next < end; next++) {
      if (next % CHECK_INTERVAL == 0) {
        parallel.checkAborted();
      }
      int slot = queue[next];
      for (int i = 0; i < level.degree(slot); i++) {
        int neighbor = neighbor(slot, i);
        if (!reaches(neighbor)) {
          parents[neighbor] = slot;
          queue[end++] = neighbor;
        }
      }
    }
  }
}
