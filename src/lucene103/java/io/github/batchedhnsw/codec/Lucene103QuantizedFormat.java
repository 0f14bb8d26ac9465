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
 * made from one of them. Lucene's own flat format quantizes; graphs are built from the vectors as
 * they were added, which the segment also stores. Lucene 10.4 writes with neither.
 */
final class Lucene103QuantizedFormat extends BatchedHnswFormat {
  private static final Pattern SCALAR =
      Pattern.compile("confidenceInterval=(null|[^,]+), bits=(\\d+), compress=(true|false)");

  private final String quantization;

  /**
   * @param quantization what the flat format has been made from
   */
  private Lucene103QuantizedFormat(
      KnnVectorsFormat stock,
      BuildOptions options,
      String quantization,
      FlatVectorsFormat flatFormat) {
    super(stock.getName(), params(stock, options), flatFormat);
    this.quantization = quantization;
  }

  /** Ours with the parameters of one of the two, or the same format if it is neither. */
  static KnnVectorsFormat replacementOf(KnnVectorsFormat stock, BuildOptions options) {
    return switch (stock.getClass().getName()) { // by name: Lucene 10.4 does not have the classes
      case "org.apache.lucene.codecs.lucene99.Lucene99HnswScalarQuantizedVectorsFormat" ->
          scalar(stock, options);
      case "org.apache.lucene.codecs.lucene102.Lucene102HnswBinaryQuantizedVectorsFormat" ->
          new Lucene103QuantizedFormat(
              stock, options, "binary", new Lucene102BinaryQuantizedVectorsFormat());
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
        new Lucene99ScalarQuantizedVectorsFormat(
            confidenceInterval,
            Integer.parseInt(told.group(2)),
            Boolean.parseBoolean(told.group(3)));
    return new Lucene103QuantizedFormat(stock, options, told.group(), flatFormat);
  }

  @Override
  Object ownParameters() {
    return quantization;
  }
}
