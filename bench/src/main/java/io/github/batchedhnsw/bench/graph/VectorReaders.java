// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.graph;

import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.util.hnsw.HnswGraph;

/** Finds what reads the vectors and the graph of one field in one segment. */
public final class VectorReaders {
  private VectorReaders() {}

  /** The reader of the vectors of a field, below the wrapper of all fields' formats. */
  public static KnnVectorsReader vectors(CodecReader segment, String field) {
    KnnVectorsReader vectors = segment.getVectorReader();
    return vectors instanceof PerFieldKnnVectorsFormat.FieldsReader perField
        ? perField.getFieldReader(field)
        : vectors;
  }

  /**
   * The graph of a field; null if its format has none.
   *
   * @throws IOException when it cannot be read
   */
  public static HnswGraph graph(CodecReader segment, String field) throws IOException {
    return vectors(segment, field) instanceof HnswGraphProvider provider
        ? provider.getGraph(field)
        : null;
  }
}
