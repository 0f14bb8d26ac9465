// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import io.github.batchedhnsw.codec.BatchedHnswCodec;
import io.github.batchedhnsw.codec.BuildOptions;
import io.opentelemetry.api.common.Attributes;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.ExecutorService;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.solr.common.util.ExecutorUtil;
import org.apache.solr.common.util.NamedList;
import org.apache.solr.common.util.SolrNamedThreadFactory;
import org.apache.solr.core.CloseHook;
import org.apache.solr.core.SchemaCodecFactory;
import org.apache.solr.core.SolrCore;
import org.apache.solr.schema.DenseVectorField;
import org.apache.solr.schema.SchemaField;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a Solr core write the HNSW graphs of its dense vector fields with Batched HNSW:
 *
 * <pre>{@code
 * <codecFactory class="io.github.batchedhnsw.solr.BatchedHnswCodecFactory"/>
 * }</pre>
 *
 * Everything else is as with {@link SchemaCodecFactory}, Solr's default: the schema decides on
 * postings, doc values, vectors and their parameters ({@code hnswM}, {@code hnswEfConstruction},
 * {@code vectorDimension} beyond 1024 included), and the index records the names of the stock codec
 * and formats, so that it is read without this class. Init arguments are those of {@link InitArgs}.
 */
public final class BatchedHnswCodecFactory extends SchemaCodecFactory {
  private static final Logger LOG = LoggerFactory.getLogger(MethodHandles.lookup().lookupClass());

  private InitArgs initArgs;
  private Codec codec;

  /**
   * Reads the arguments of the {@code codecFactory} element.
   *
   * @throws org.apache.solr.common.SolrException if one is unknown or out of bounds
   */
  @Override
  public void init(NamedList<?> args) {
    initArgs = InitArgs.of(args);
    super.init(args);
  }

  /**
   * Creates the codec. Solr calls this twice.
   *
   * @throws IllegalStateException if this Solr's Lucene is not supported
   */
  @Override
  public void inform(SolrCore core) {
    super.inform(core);
    if (codec == null) {
      BuildMetrics metrics = new BuildMetrics(core.getName(), initArgs);
      core.getCoreMetricManager().registerMetricProducer(metrics, Attributes.empty());
      BuildOptions options = initArgs.options(executor(core)).withListener(metrics);
      codec = BatchedHnswCodec.wrap(new SchemaFormats(super.getCodec(), core), options);
      LOG.info("HNSW graphs are built by Batched HNSW: {}", initArgs);
    }
  }

  @Override
  public Codec getCodec() {
    assert codec != null : "inform must be called first";
    return codec;
  }

  /**
   * Threads besides those that index and merge, or null; they are stopped when the core is closed.
   */
  private ExecutorService executor(SolrCore core) {
    if (initArgs.helpers() == 0) {
      return null;
    }
    ExecutorService executor =
        ExecutorUtil.newMDCAwareFixedThreadPool(
            initArgs.helpers(), new SolrNamedThreadFactory("batchedHnsw-" + core.getName()));
    core.addCloseHook(
        new CloseHook() {
          @Override
          public void postClose(SolrCore closed) {
            executor.shutdown();
          }
        });
    return executor;
  }

  /**
   * Solr's codec, with formats that expose their parameters. Solr's own formats are hidden in a
   * wrapper that only raises the limit of dimensions.
   */
  private static final class SchemaFormats extends FilterCodec {
    private final KnnVectorsFormat formats;

    SchemaFormats(Codec solr, SolrCore core) {
      super(solr.getName(), solr);
      var wrapped = (PerFieldKnnVectorsFormat) solr.knnVectorsFormat();
      this.formats =
          new PerFieldKnnVectorsFormat() {
            @Override
            public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
              KnnVectorsFormat format = wrapped.getKnnVectorsFormatForField(field);
              SchemaField schemaField = core.getLatestSchema().getFieldOrNull(field);
              return schemaField != null
                      && schemaField.getType() instanceof DenseVectorField vectors
                  ? vectors.buildKnnVectorsFormat()
                  : format;
            }

            @Override
            public int getMaxDimensions(String field) {
              return wrapped.getMaxDimensions(field);
            }
          };
    }

    @Override
    public KnnVectorsFormat knnVectorsFormat() {
      return formats;
    }
  }
}
