// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.construction.GraphBuilders;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;

/**
 * Makes any codec write its HNSW graphs with our formats, without naming a codec class of a Lucene
 * version:
 *
 * <pre>{@code
 * indexWriterConfig.setCodec(BatchedHnswCodec.wrap(Codec.getDefault()));
 * }</pre>
 *
 * The wrapper has the name of the codec that it wraps, and the index records that name: the wrapper
 * is needed to write, never to read.
 */
public final class BatchedHnswCodec {
  private BatchedHnswCodec() {}

  /**
   * Replaces the stock HNSW format of every field, of plain or of quantized vectors, by ours with
   * the same parameters, on one thread. Fields that use another format keep it, and a warning names
   * them, see {@link BuildListener#notReplaced}.
   *
   * @param codec the codec to wrap, such as {@code Codec.getDefault()}
   * @throws IllegalArgumentException if {@link GraphBuilders#PROPERTY} has an invalid value
   * @throws IllegalStateException later, when a field is written, if {@code toString()} of the
   *     stock format does not have its parameters, as those of Lucene 10.3 to 10.6 do
   */
  public static Codec wrap(Codec codec) {
    return wrap(codec, BuildOptions.DEFAULT);
  }

  /**
   * As {@link #wrap(Codec)}, with given resources and a listener.
   *
   * @param codec the codec to wrap, such as {@code Codec.getDefault()}
   * @param options workers, memory, and the listener
   * @throws IllegalArgumentException as with {@link #wrap(Codec)}
   * @throws IllegalStateException later, as with {@link #wrap(Codec)}
   */
  public static Codec wrap(Codec codec, BuildOptions options) {
    Objects.requireNonNull(options, "options");
    return new Wrapper(
        codec, stock -> withParametersOf(stock, options), options.listener()::notReplaced);
  }

  /**
   * Replaces the stock format whose name the given one has, in every field, by the given one. Other
   * fields keep their format without a warning: a {@link BatchedHnswVectorsFormat} leaves quantized
   * fields as they are. Wrap the result again to replace those.
   *
   * @param codec the codec to wrap, such as {@code Codec.getDefault()}
   * @param format what to write graphs with
   */
  public static Codec wrap(Codec codec, BatchedHnswFormat format) {
    Objects.requireNonNull(format, "format");
    return new Wrapper(
        codec,
        stock -> stock.getName().equals(format.getName()) ? format : stock,
        (field, kept) -> {});
  }

  /**
   * Returns the replacement of a stock format, with its parameters, or the same format if there is
   * none.
   */
  private static KnnVectorsFormat withParametersOf(KnnVectorsFormat stock, BuildOptions options) {
    return stock.getName().equals(HnswFileLayout.FORMAT_NAME)
        ? BatchedHnswVectorsFormat.withParametersOf(stock, options)
        : LuceneVersion.api().replacementOf(stock, options);
  }

  private static final class Wrapper extends FilterCodec {
    private final UnaryOperator<KnnVectorsFormat> replacement;
    private final BiConsumer<String, String> notReplaced;
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private final KnnVectorsFormat replaced;

    /**
     * @param replacement of a format that is not of this library, or that format itself
     * @param notReplaced receives the fields that keep their format, and its name
     */
    Wrapper(
        Codec codec,
        UnaryOperator<KnnVectorsFormat> replacement,
        BiConsumer<String, String> notReplaced) {
      super(codec.getName(), codec);
      LuceneVersion.check();
      GraphBuilders.checkProperty();
      this.replacement = replacement;
      this.notReplaced = notReplaced;
      this.replaced =
          switch (codec.knnVectorsFormat()) {
            case PerFieldKnnVectorsFormat fields ->
                new PerFieldKnnVectorsFormat() {
                  @Override
                  public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                    return replace(field, fields.getKnnVectorsFormatForField(field));
                  }

                  /** The wrapped codec's limit, which hosts may have raised. */
                  @Override
                  public int getMaxDimensions(String field) {
                    return fields.getMaxDimensions(field);
                  }
                };
            case KnnVectorsFormat single -> replace(BuildListener.ALL_FIELDS, single);
          };
    }

    private KnnVectorsFormat replace(String field, KnnVectorsFormat wrapped) {
      if (wrapped instanceof BatchedHnswFormat) {
        return wrapped;
      }
      KnnVectorsFormat ours = replacement.apply(wrapped);
      if (ours == wrapped && told.add(field)) {
        notReplaced.accept(field, wrapped.getName());
      }
      return ours;
    }

    @Override
    public KnnVectorsFormat knnVectorsFormat() {
      return replaced;
    }
  }
}
