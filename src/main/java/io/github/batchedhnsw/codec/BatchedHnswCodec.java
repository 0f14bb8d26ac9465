package io.github.batchedhnsw.codec;

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
      Pattern.compile("maxConn=(\\d+), beamWidth=(\\d+), tinySegmentsThreshold=(-?\\d+)");

  private BatchedHnswCodec() {}

  /**
   * Replaces the stock HNSW format of every field by ours with the same {@code maxConn}, {@code
   * beamWidth} and threshold, on one thread. Fields that use another format keep it.
   *
   * @param codec the codec to wrap, such as {@code Codec.getDefault()}
   * @throws IllegalStateException later, when a field is written, if the stock format does not tell
   *     its parameters in {@code toString()} as Lucene 10.5 and 10.6 do
   */
  public static Codec wrap(Codec codec) {
    return new Wrapper(codec, null);
  }

  /**
   * Replaces the stock HNSW format of every field by the given one. Fields that use another format
   * keep it.
   *
   * @param codec the codec to wrap, such as {@code Codec.getDefault()}
   * @param format what to write graphs with
   */
  public static Codec wrap(Codec codec, BatchedHnswVectorsFormat format) {
    return new Wrapper(codec, format);
  }

  /** Ours with the parameters of a stock format. */
  static BatchedHnswVectorsFormat withParametersOf(KnnVectorsFormat stock) {
    Matcher parameters = STOCK_PARAMETERS.matcher(stock.toString());
    if (!parameters.find()) {
      throw new IllegalStateException(
          "cannot tell maxConn, beamWidth and tinySegmentsThreshold of the wrapped format; format="
              + stock);
    }
    return new BatchedHnswVectorsFormat(
        Integer.parseInt(parameters.group(1)),
        Integer.parseInt(parameters.group(2)),
        Integer.parseInt(parameters.group(3)));
  }

  private static final class Wrapper extends FilterCodec {
    private final BatchedHnswVectorsFormat format;
    private final KnnVectorsFormat replaced;

    Wrapper(Codec codec, BatchedHnswVectorsFormat format) {
      super(codec.getName(), codec);
      this.format = format;
      this.replaced =
          switch (codec.knnVectorsFormat()) {
            case PerFieldKnnVectorsFormat fields ->
                new PerFieldKnnVectorsFormat() {
                  @Override
                  public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                    return replace(fields.getKnnVectorsFormatForField(field));
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
      return format != null ? format : withParametersOf(wrapped);
    }

    @Override
    public KnnVectorsFormat knnVectorsFormat() {
      return replaced;
    }
  }
}
