// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

/**
 * The stock layout {@code Lucene99HnswVectorsFormat}, version 1, which this project writes byte for
 * byte and Lucene's own reader reads. Source: {@code Lucene99HnswVectorsWriter} and {@code
 * Lucene99HnswVectorsReader} of Lucene 10.5.1. Integers are those of Lucene's {@code DataOutput}:
 * int32 and int64 are little-endian, vint and vlong variable-length.
 *
 * <h2>.vex, the graphs</h2>
 *
 * <ol>
 *   <li>index header: codec name {@value #INDEX_CODEC}, version {@value #VERSION}, segment id,
 *       segment suffix
 *   <li>for each field that has a graph:
 *       <ol>
 *         <li>for each level, 0 first, and each node of it in ascending order of ordinal:
 *             <ul>
 *               <li>vint: number of neighbours
 *               <li>group-varints: the neighbours' ordinals in strictly ascending order, the first
 *                   as it is and each other as the difference to the one before
 *             </ul>
 *         <li>the {@code DirectMonotonic} data of the positions of all those lists, relative to the
 *             field's offset, in the same order; not counted in the field's length
 *       </ol>
 *   <li>footer
 * </ol>
 *
 * <h2>.vem, the metadata</h2>
 *
 * <ol>
 *   <li>index header: codec name {@value #META_CODEC}, version {@value #VERSION}, segment id,
 *       segment suffix
 *   <li>for each field:
 *       <ol>
 *         <li>int32: field number
 *         <li>int32: ordinal of the vector encoding (0 byte, 1 float32)
 *         <li>int32: similarity (0 euclidean, 1 dot product, 2 cosine, 3 maximum inner product)
 *         <li>vlong, vlong: offset and length in bytes of the field's lists in the .vex file
 *         <li>vint: dimension
 *         <li>int32: number of vectors
 *         <li>vint: M
 *         <li>vint: number of levels; 0 where the field has no graph, and then nothing follows
 *         <li>for each level but level 0, vint: number of nodes, then vints: their ordinals in
 *             ascending order, the first as it is and each other as the difference to the one
 *             before
 *         <li>int64: offset in the .vex file of the positions
 *         <li>vint: {@value #POSITIONS_BLOCK_SHIFT}, the block shift of the positions
 *         <li>the {@code DirectMonotonic} metadata of the positions
 *         <li>int64: length in bytes of the positions in the .vex file
 *       </ol>
 *   <li>int32: -1
 *   <li>footer
 * </ol>
 *
 * <p>The reader takes the lowest ordinal of the top level as the entry point.
 */
final class HnswFileLayout {
  /** The name under which the format is recorded in the segment. */
  static final String FORMAT_NAME = "Lucene99HnswVectorsFormat";

  static final String META_CODEC = "Lucene99HnswVectorsFormatMeta";
  static final String META_EXTENSION = "vem";
  static final String INDEX_CODEC = "Lucene99HnswVectorsFormatIndex";
  static final String INDEX_EXTENSION = "vex";
  static final int VERSION = 1;
  static final int POSITIONS_BLOCK_SHIFT = 16;
  static final int END_OF_FIELDS = -1;

  private HnswFileLayout() {}
}
