// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

/**
 * Which of the two copies of a quantized field's vectors the graph of a <em>merged</em> segment is
 * built from. The graph of a flushed segment is always built from the vectors as they were added,
 * which are on the heap at that time, as stock does.
 */
public enum GraphVectors {
  /** The vectors as they were added: the graph does not depend on the encoding. */
  RAW,

  /**
   * The quantized vectors, converted back to floats whenever they are read: 4 to 32 times fewer
   * bytes are read from the index. Measured with files in memory, time and quality are about the
   * same.
   */
  QUANTIZED
}
