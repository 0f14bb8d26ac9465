package io.github.batchedhnsw.construction;

import java.io.IOException;
import org.apache.lucene.util.Accountable;

/**
 * What is known of a graph before it is built: lists of nodes that were in another graph, and for
 * the others which nodes they had as neighbours elsewhere. All nodes are named by their ordinals in
 * the graph to be built. Immutable; safe to share.
 */
public interface GraphSeed extends Accountable {

  /** Number of levels of the other graph. */
  int numLevels();

  /** The nodes of a level that have lists, ascending. */
  int[] nodes(int level);

  /** Whether some of the lists have lost neighbours. */
  boolean hasDeletes();

  /**
   * A new cursor, for one thread.
   *
   * @throws IOException if a graph cannot be opened for reading
   */
  Cursor cursor() throws IOException;

  /** Reads lists. Not thread-safe. */
  interface Cursor {
    /**
     * Most entries that a call stores, whatever it is asked for; {@code destination} must hold so
     * many.
     */
    int maxEntries();

    /**
     * The neighbours that a node of a level has kept.
     *
     * @return how many were stored
     */
    int neighbors(int level, int ordinal, int[] destination) throws IOException;

    /**
     * How many neighbours the node of the last call of {@link #neighbors} has lost.
     *
     * @return 0 or more
     */
    int lost();

    /**
     * The neighbours of those that the node of the last call of {@link #neighbors} has lost. May
     * hold the node itself, its neighbours, and some more than once.
     *
     * @return how many were stored
     */
    int bridges(int[] destination) throws IOException;

    /**
     * Nodes that a node without a list had as neighbours in the graph of its own segment, on level
     * 0.
     *
     * @return how many were stored
     */
    int hints(int ordinal, int[] destination) throws IOException;
  }
}
