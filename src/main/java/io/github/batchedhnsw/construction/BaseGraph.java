// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import java.io.IOException;
import org.apache.lucene.util.Accountable;

/** Level 0 of an existing graph, in ordinals of the graph to be built. Immutable; safe to share. */
public interface BaseGraph extends Accountable {

  /** The nodes that have lists, ascending. */
  int[] nodes();

  /**
   * A new cursor, for one thread.
   *
   * @throws IOException if the graph cannot be opened for reading
   */
  Cursor cursor() throws IOException;

  /** Reads lists. Not thread-safe. */
  interface Cursor {
    /** Most neighbours that {@link #neighbors} stores. */
    int maxNeighbors();

    /**
     * Stores the neighbours that a node has kept.
     *
     * @param destination has room for {@link #maxNeighbors()}
     * @return how many were stored
     */
    int neighbors(int ordinal, int[] destination) throws IOException;

    /** How many neighbours the node of the last call of {@link #neighbors} has lost. */
    int lost();

    /**
     * Appends the neighbours of those that the node of the last call of {@link #neighbors} has
     * lost. They are candidates to replace the lost ones.
     *
     * @param destination receives other nodes, as many as fit, possibly with repetitions and with
     *     neighbours that the node still has
     * @param count how many ordinals it holds already
     * @return how many it holds then
     */
    int appendNeighborsOfLost(int[] destination, int count) throws IOException;
  }
}
