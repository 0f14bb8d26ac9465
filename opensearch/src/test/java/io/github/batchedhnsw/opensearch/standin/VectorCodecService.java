// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch.standin;

import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.opensearch.index.codec.CodecService;
import org.opensearch.index.codec.CodecServiceConfig;

/**
 * Makes a format each time it is asked for one, as k-NN does. The field {@code flat} has one
 * without graph, which has no replacement.
 */
final class VectorCodecService extends CodecService {
  VectorCodecService(CodecServiceConfig config) {
    super(
        config.getMapperService(),
        config.getIndexSettings(),
        config.getLogger(),
        config.getAdditionalCodecs());
  }

  @Override
  public Codec codec(String name) {
    Codec codec = super.codec(name);
    return new FilterCodec(codec.getName(), codec) {
      @Override
      public KnnVectorsFormat knnVectorsFormat() {
        return new PerFieldKnnVectorsFormat() {
          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return field.equals("flat")
                ? KnnVectorsFormat.forName("Lucene104ScalarQuantizedVectorsFormat")
                : new Lucene99HnswVectorsFormat();
          }
        };
      }
    };
  }
}
