// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.io.IOException;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.util.quantization.OptimizedScalarQuantizer;
import org.apache.lucene.util.quantization.OptimizedScalarQuantizer.QuantizationResult;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import org.apache.lucene.util.quantization.QuantizedVectorsReader;

/**
 * Quantized vectors as floats: {@code centroid + lower + level * step} in each component, where the
 * lower bound and the step belong to the vector. Source: {@code OptimizedScalarQuantizer} and
 * {@code OffHeapScalarQuantizedVectorValues} of Lucene 10.5.1. Has no iterator; not thread-safe.
 */
final class DequantizedVectorValues extends FloatVectorValues {
  private final QuantizedByteVectorValues quantized;
  private final ScalarEncoding encoding;
  private final float[] centroid;
  private final byte[] levels; // as unpacked, with padding
  private final float[] vector;

  /** Returns the vectors of a field that the reader's format has quantized. */
  static DequantizedVectorValues open(QuantizedVectorsReader reader, String field)
      throws IOException {
    return new DequantizedVectorValues(
        (QuantizedByteVectorValues) reader.getQuantizedVectorValues(field));
  }

  private DequantizedVectorValues(QuantizedByteVectorValues quantized) throws IOException {
    this.quantized = quantized;
    this.encoding = quantized.getScalarEncoding();
    this.centroid = quantized.getCentroid();
    this.levels = new byte[encoding.getDiscreteDimensions(quantized.dimension())];
    this.vector = new float[quantized.dimension()];
  }

  @Override
  public int dimension() {
    return quantized.dimension();
  }

  @Override
  public int size() {
    return quantized.size();
  }

  @Override
  public float[] vectorValue(int ordinal) throws IOException {
    byte[] unpacked = unpack(quantized.vectorValue(ordinal));
    QuantizationResult interval = quantized.getCorrectiveTerms(ordinal);
    float lower = interval.lowerInterval();
    float step = (interval.upperInterval() - lower) / ((1 << encoding.getBits()) - 1);
    for (int i = 0; i < vector.length; i++) {
      vector[i] = centroid[i] + lower + (unpacked[i] & 0xFF) * step;
    }
    return vector;
  }

  private byte[] unpack(byte[] packed) {
    switch (encoding) {
      case UNSIGNED_BYTE, SEVEN_BIT -> {
        return packed;
      }
      case PACKED_NIBBLE -> {
        for (int i = 0; i < packed.length; i++) {
          levels[i] = (byte) (packed[i] >> 4 & 0x0F);
          levels[packed.length + i] = (byte) (packed[i] & 0x0F);
        }
      }
      case DIBIT_QUERY_NIBBLE -> OptimizedScalarQuantizer.untransposeDibit(packed, levels);
      case SINGLE_BIT_QUERY_NIBBLE -> OptimizedScalarQuantizer.unpackBinary(packed, levels);
    }
    return levels;
  }

  @Override
  public DequantizedVectorValues copy() throws IOException {
    return new DequantizedVectorValues(quantized.copy());
  }
}
