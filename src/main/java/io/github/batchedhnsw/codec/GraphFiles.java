// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import java.io.Closeable;
import java.io.IOException;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.IOUtils;

/**
 * The two files with the graphs of a segment, while they are written; see {@link HnswFileLayout}.
 * Not thread-safe.
 */
final class GraphFiles implements Closeable {
  private final IndexOutput meta;
  private final IndexOutput vectorIndex;
  private final MetaEncoder metaEncoder;

  /**
   * Creates the files and writes their headers.
   *
   * @param maxConn M of all graphs
   * @throws IOException if that fails; no file remains open
   */
  GraphFiles(SegmentWriteState state, int maxConn) throws IOException {
    meta = create(state, HnswFileLayout.META_EXTENSION, HnswFileLayout.META_CODEC);
    try {
      vectorIndex = create(state, HnswFileLayout.INDEX_EXTENSION, HnswFileLayout.INDEX_CODEC);
    } catch (Throwable t) {
      IOUtils.closeWhileHandlingException(meta);
      throw t;
    }
    metaEncoder = new MetaEncoder(meta, vectorIndex, maxConn);
  }

  private static IndexOutput create(SegmentWriteState state, String extension, String codec)
      throws IOException {
    IndexOutput output =
        state.directory.createOutput(
            IndexFileNames.segmentFileName(state.segmentInfo.name, state.segmentSuffix, extension),
            state.context);
    try {
      CodecUtil.writeIndexHeader(
          output, codec, HnswFileLayout.VERSION, state.segmentInfo.getId(), state.segmentSuffix);
      return output;
    } catch (Throwable t) {
      IOUtils.closeWhileHandlingException(output);
      throw t;
    }
  }

  /** Writes a field without a graph. */
  void writeWithoutGraph(FieldInfo fieldInfo, int vectorCount) throws IOException {
    metaEncoder.writeWithoutGraph(fieldInfo, vectorCount);
  }

  /**
   * Writes the graph of a field.
   *
   * @param parallel runs the abort check
   * @return bytes of the graph in the index file
   */
  long write(FieldInfo fieldInfo, FlatHnswGraph graph, ParallelRanges parallel) throws IOException {
    long offsetBytes = vectorIndex.getFilePointer();
    int[][] listLengthsBytes = GraphEncoder.write(graph, vectorIndex, parallel);
    metaEncoder.writeWithGraph(fieldInfo, graph, offsetBytes, listLengthsBytes);
    return vectorIndex.getFilePointer() - offsetBytes;
  }

  /** Writes the end of both files, after all fields. */
  void finish() throws IOException {
    meta.writeInt(HnswFileLayout.END_OF_FIELDS);
    CodecUtil.writeFooter(meta);
    CodecUtil.writeFooter(vectorIndex);
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(meta, vectorIndex);
  }
}
