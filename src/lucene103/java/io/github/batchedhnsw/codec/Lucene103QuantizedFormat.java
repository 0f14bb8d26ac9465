// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.lucene102.Lucene102BinaryQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99ScalarQuantizedVectorsFormat;

/**
 * A drop-in replacement for the two formats of Lucene 10.3 that quantize, {@code
 * Lucene99HnswScalarQuantizedVectorsFormat} and {@code Lucene102HnswBinaryQuantizedVectorsFormat},
 * and for that of Lucene 10.4, {@code Lucene104HnswScalarQuantizedVectorsFormat}, made from one of
 * them. Lucene's own flat format quantizes; graphs are built from the vectors as they were added,
 * which the segment also stores.
 */
final class Lucene103QuantizedFormat extends BatchedHnswFormat {
  private static final Pattern SCALAR =
      Pattern.compile("confidenceInterval=(null|[^,]+), bits=(\\d+), compress=(true|false)");

  private static final String LUCENE_104_FLAT =
      "org.apache.lucene.codecs.lucene104.Lucene104ScalarQuantizedVectorsFormat";

  private final Object quantization;

  /**
   * @param quantization the parameters of the flat format, for {@link #equals}
   */
  private Lucene103QuantizedFormat(
      KnnVectorsFormat stock,
      BuildOptions options,
      Object quantization,
      FlatVectorsFormat flatFormat) {
    super(stock.getName(), params(stock, options), flatFormat);
    this.quantization = quantization;
  }

  /** Returns a format with the parameters of one of them, or the same format if it is none. */
  static KnnVectorsFormat replacementOf(KnnVectorsFormat stock, BuildOptions options) {
    return switch (stock.getClass().getName()) { // by name: no Lucene has all of them
      case "org.apache.lucene.codecs.lucene99.Lucene99HnswScalarQuantizedVectorsFormat" ->
          scalar(stock, options);
      case "org.apache.lucene.codecs.lucene102.Lucene102HnswBinaryQuantizedVectorsFormat" ->
          new Lucene103QuantizedFormat(stock, options, "binary", FlatFormats.binary());
      case "org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat" ->
          lucene104(stock, options);
      default -> stock;
    };
  }

  private static FormatParams params(KnnVectorsFormat stock, BuildOptions options) {
    StockParameters told = StockParameters.of(stock);
    return new FormatParams(
        told.maxConn(), told.beamWidth(), options, told.tinySegmentsThreshold());
  }

  private static KnnVectorsFormat scalar(KnnVectorsFormat stock, BuildOptions options) {
    Matcher told = SCALAR.matcher(stock.toString());
    if (!told.find()) {
      throw StockParameters.cannotTell("confidenceInterval, bits and compress", stock);
    }
    Float confidenceInterval = told.group(1).equals("null") ? null : Float.valueOf(told.group(1));
    FlatVectorsFormat flatFormat =
        FlatFormats.scalar(
            confidenceInterval,
            Integer.parseInt(told.group(2)),
            Boolean.parseBoolean(told.group(3)));
    return new Lucene103QuantizedFormat(stock, options, told.group(), flatFormat);
  }

  /**
   * Creates the flat format of 10.4 by reflection, because it does not exist in the Lucene that
   * this is compiled with.
   */
  private static KnnVectorsFormat lucene104(KnnVectorsFormat stock, BuildOptions options) {
    try {
      Class<?> encodings = Class.forName(LUCENE_104_FLAT + "$ScalarEncoding");
      Object encoding = StockParameters.constant(stock, "encoding", encodings);
      FlatVectorsFormat flatFormat =
          Class.forName(LUCENE_104_FLAT)
              .asSubclass(FlatVectorsFormat.class)
              .getConstructor(encodings)
              .newInstance(encoding);
      return new Lucene103QuantizedFormat(stock, options, encoding, flatFormat);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("not the flat format of Lucene 10.4", e);
    }
  }

  @Override
  Object ownParameters() {
    return quantization;
  }

  /**
   * The flat formats of Lucene 10.3. A separate class, so that it is not loaded by a Lucene that
   * lacks them.
   */
  private static final class FlatFormats {
    static FlatVectorsFormat scalar(Float confidenceInterval, int bits, boolean compress) {
      return new Lucene99ScalarQuantizedVectorsFormat(confidenceInterval, bits, compress);
    }

    static FlatVectorsFormat binary() {
      return new Lucene102BinaryQuantizedVectorsFormat();
    }
  }
}
