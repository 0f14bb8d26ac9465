// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.packed.DirectMonotonicWriter;

/** Writes the metadata of a field and the positions of its lists, see {@link HnswFileLayout}. */
final class MetaEncoder {
  private final IndexOutput meta;
  private final IndexOutput vectorIndex;
  private final int maxConn;

  MetaEncoder(IndexOutput meta, IndexOutput vectorIndex, int maxConn) {
    this.meta = meta;
    this.vectorIndex = vectorIndex;
    this.maxConn = maxConn;
  }

  /** Writes a field without a graph. */
  void writeWithoutGraph(FieldInfo field, int vectorCount) throws IOException {
    writeField(field, vectorIndex.getFilePointer(), 0, vectorCount);
    meta.writeVInt(0);
  }

  /**
   * Writes a field whose lists have just been written.
   *
   * @param offsetBytes position in the index file of the first list
   * @param listLengthsBytes as returned by {@link GraphEncoder#write}
   */
  void writeWithGraph(
      FieldInfo field, FlatHnswGraph graph, long offsetBytes, int[][] listLengthsBytes)
      throws IOException {
    writeField(field, offsetBytes, vectorIndex.getFilePointer() - offsetBytes, graph.size());
    meta.writeVInt(graph.numLevels());
    long lists = graph.size();
    for (int l = 1; l < graph.numLevels(); l++) {
      lists += graph.level(l).size();
      writeNodes(graph.level(l));
    }
    writePositions(listLengthsBytes, lists);
  }

  private void writeField(FieldInfo field, long offsetBytes, long lengthBytes, int vectorCount)
      throws IOException {
    meta.writeInt(field.number);
    meta.writeInt(field.getVectorEncoding().ordinal());
    meta.writeInt(
        Lucene99HnswVectorsReader.SIMILARITY_FUNCTIONS.indexOf(
            field.getVectorSimilarityFunction()));
    meta.writeVLong(offsetBytes);
    meta.writeVLong(lengthBytes);
    meta.writeVInt(field.getVectorDimension());
    meta.writeInt(vectorCount);
    meta.writeVInt(maxConn);
  }

  private void writeNodes(FlatAdjacency level) throws IOException {
    int[] nodes = new int[level.size()];
    Arrays.setAll(nodes, level::ordinalAt);
    GraphEncoder.toDeltas(nodes, nodes.length);
    meta.writeVInt(nodes.length);
    for (int node : nodes) {
      meta.writeVInt(node);
    }
  }

  private void writePositions(int[][] listLengthsBytes, long lists) throws IOException {
    long startBytes = vectorIndex.getFilePointer();
    meta.writeLong(startBytes);
    meta.writeVInt(HnswFileLayout.POSITIONS_BLOCK_SHIFT);
    DirectMonotonicWriter positions =
        DirectMonotonicWriter.getInstance(
            meta, vectorIndex, lists, HnswFileLayout.POSITIONS_BLOCK_SHIFT);
    long position = 0;
    for (int[] level : listLengthsBytes) {
      for (int lengthBytes : level) {
        positions.add(position);
        position += lengthBytes;
      }
    }
    positions.finish();
    meta.writeLong(vectorIndex.getFilePointer() - startBytes);
  }
}
