// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene102.Lucene102BinaryQuantizedVectorsFormat;
import org.apache.solr.schema.DenseVectorField;

/** A field type of somebody else, with a format that is not replaced. */
public final class KeptVectorField extends DenseVectorField {
  @Override
  public KnnVectorsFormat buildKnnVectorsFormat() {
    return new Lucene102BinaryQuantizedVectorsFormat();
  }
}
