// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.construction.GraphBuilders;
import java.io.IOException;
import java.util.Objects;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;

/**
 * The common part of this library's formats: each records the name of a stock format, stores
 * vectors in that format's flat format, writes graphs with this library's writer, and reads them
 * with the stock reader. A subclass adds constructors that mirror the stock format's.
 *
 * <p>Formats with equal parameters, among them the same executor and listener, are equal: Lucene
 * gives fields of equal formats one set of files, even if a codec creates a format for each field.
 *
 * <p>Immutable and safe for use by several threads.
 */
public abstract class BatchedHnswFormat extends KnnVectorsFormat {
  private final FormatParams params;
  private final FlatVectorsFormat flatFormat;

  /**
   * A format.
   *
   * @param stockName the name that segments record
   * @param flatFormat that of the stock format
   * @throws IllegalStateException if the Lucene that is running is not supported
   * @throws IllegalArgumentException if {@link GraphBuilders#PROPERTY} has an invalid value
   */
  BatchedHnswFormat(String stockName, FormatParams params, FlatVectorsFormat flatFormat) {
    super(stockName);
    LuceneVersion.check();
    GraphBuilders.checkProperty();
    this.params = params;
    this.flatFormat = flatFormat;
  }

  /** How a merge reads the float vectors of a field back from the flat file that it wrote. */
  FloatVectorValues openMerged(FlatVectorsReader reader, String field) throws IOException {
    return reader.getFloatVectorValues(field);
  }

  /** The parameters that only the subclass has, for {@link #equals}. */
  abstract Object ownParameters();

  /** The parameters for {@link #toString()}. */
  String parameters() {
    return "name="
        + getName()
        + ", maxConn="
        + params.maxConn()
        + ", beamWidth="
        + params.beamWidth()
        + ", numMergeWorkers="
        + params.options().numMergeWorkers()
        + ", flushWorkers="
        + params.options().flushWorkers()
        + ", executor="
        + params.options().executor()
        + ", memoryBudgetBytes="
        + params.options().memoryBudgetBytes()
        + ", minFlushGraphSize="
        + params.options().minFlushGraphSize()
        + ", tinySegmentsThreshold="
        + params.tinySegmentsThreshold()
        + ", flatVectorFormat="
        + flatFormat;
  }

  @Override
  public final KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
    return LuceneVersion.api()
        .newWriter(state, params, flatFormat, flatFormat.fieldsWriter(state), this::openMerged);
  }

  @Override
  public final KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
    return new Lucene99HnswVectorsReader(state, flatFormat.fieldsReader(state));
  }

  @Override
  public final int getMaxDimensions(String fieldName) {
    return 1024;
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName() + "(" + parameters() + ")";
  }

  @Override
  public final boolean equals(Object other) {
    return other instanceof BatchedHnswFormat format
        && getClass() == format.getClass()
        && getName().equals(format.getName())
        && params.equals(format.params)
        && ownParameters().equals(format.ownParameters());
  }

  @Override
  public final int hashCode() {
    return Objects.hash(getName(), params, ownParameters());
  }
}
