package io.github.batchedhnsw.codec;

import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;

/**
 * Makes any codec write its HNSW graphs with {@link BatchedHnswVectorsFormat}, without naming a
 * codec class of a Lucene version:
 *
 * <pre>{@code
 * indexWriterConfig.setCodec(BatchedHnswCodec.wrap(Codec.getDefault()));
 * }</pre>
 *
 * The wrapper has the name of what it wraps, which is what the index records: it is needed to
 * write, never to read.
 */
public final class BatchedHnswCodec {
  private static final Pattern STOCK_PARAMETERS =
      Pattern.compile("maxConn=(\\d+), beamWidth=(\\d+)(?:, tinySegmentsThreshold=(-?\\d+))?");

  private BatchedHnswCodec() {}

  /**
   * Replaces the stock HNSW format of every field by ours with the same {@code maxConn}, {@code
   * beamWidth} and threshold, on one thread. Fields that use another format keep it.
   *
   * @param codec the codec to wrap, such as {@code Codec.getDefault()}
   * @throws IllegalStateException later, when a field is written, if the stock format does not tell
   *     maxConn and beamWidth in {@code toString()} as Lucene 10.3 to 10.6 do
   */
  public static Codec wrap(Codec codec) {
    return wrap(codec, BuildOptions.DEFAULT);
  }

  /**
   * As {@link #wrap(Codec)}, with given resources.
   *
   * @param codec the codec to wrap, such as {@code Codec.getDefault()}
   * @param options workers, and who is told of graphs
   * @throws IllegalStateException later, as with {@link #wrap(Codec)}
   */
  public static Codec wrap(Codec codec, BuildOptions options) {
    Objects.requireNonNull(options, "options");
    return new Wrapper(codec, stock -> withParametersOf(stock, options));
  }

  /**
   * Replaces the stock HNSW format of every field by the given one. Fields that use another format
   * keep it.
   *
   * @param codec the codec to wrap, such as {@code Codec.getDefault()}
   * @param format what to write graphs with
   */
  public static Codec wrap(Codec codec, BatchedHnswVectorsFormat format) {
    Objects.requireNonNull(format, "format");
    return new Wrapper(codec, stock -> format);
  }

  /** Ours with the parameters of a stock format. */
  static BatchedHnswVectorsFormat withParametersOf(KnnVectorsFormat stock, BuildOptions options) {
    Matcher parameters = STOCK_PARAMETERS.matcher(stock.toString());
    if (!parameters.find()) {
      throw new IllegalStateException(
          "cannot tell maxConn and beamWidth of the wrapped format; format=" + stock);
    }
    return new BatchedHnswVectorsFormat(
        Integer.parseInt(parameters.group(1)),
        Integer.parseInt(parameters.group(2)),
        options,
        parameters.group(3) == null
            ? BatchedHnswVectorsFormat.DEFAULT_TINY_SEGMENTS_THRESHOLD
            : Integer.parseInt(parameters.group(3)));
  }

  private static final class Wrapper extends FilterCodec {
    private final Function<KnnVectorsFormat, KnnVectorsFormat> replacement;
    private final KnnVectorsFormat replaced;

    Wrapper(Codec codec, Function<KnnVectorsFormat, KnnVectorsFormat> replacement) {
      super(codec.getName(), codec);
      this.replacement = replacement;
      this.replaced =
          switch (codec.knnVectorsFormat()) {
            case PerFieldKnnVectorsFormat fields ->
                new PerFieldKnnVectorsFormat() {
                  @Override
                  public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                    return replace(fields.getKnnVectorsFormatForField(field));
                  }

                  /** The limit of the codec, which hosts may have lifted. */
                  @Override
                  public int getMaxDimensions(String field) {
                    return fields.getMaxDimensions(field);
                  }
                };
            case KnnVectorsFormat single -> replace(single);
          };
    }

    private KnnVectorsFormat replace(KnnVectorsFormat wrapped) {
      if (!wrapped.getName().equals(HnswFileLayout.FORMAT_NAME)
          || wrapped instanceof BatchedHnswVectorsFormat) {
        return wrapped;
      }
      return replacement.apply(wrapped);
    }

    @Override
    public KnnVectorsFormat knnVectorsFormat() {
      return replaced;
    }
  }
}
