// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.io.IOException;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.index.FloatVectorValues;

/** Opens the vectors that a merge builds the graph of a float field from. */
@FunctionalInterface
interface MergedVectors {

  /**
   * Returns the vectors of a field.
   *
   * @param reader of the flat file that the merge has written
   */
  FloatVectorValues open(FlatVectorsReader reader, String field) throws IOException;
}
