// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import io.github.batchedhnsw.codec.BuildListener;
import io.github.batchedhnsw.codec.BuildMemory;
import io.github.batchedhnsw.codec.BuiltGraph;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleCounter;
import io.opentelemetry.api.metrics.DoubleGauge;
import io.opentelemetry.api.metrics.LongCounter;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.lucene.index.MergePolicy;
import org.apache.solr.metrics.SolrMetricProducer;
import org.apache.solr.metrics.SolrMetricsContext;
import org.apache.solr.metrics.otel.OtelUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the graphs that a core has built, as metrics of that core, and logs the fields whose
 * graphs are not built by this library. The metrics are at {@code /admin/metrics} in Prometheus'
 * format, and wherever else Solr exports its metrics. All except those of memory have the name of
 * the field besides the attributes that Solr gives to all metrics of a core.
 *
 * <p>Safe for use by several threads once {@link #initializeMetrics} has been called.
 */
final class BuildMetrics implements BuildListener, SolrMetricProducer {
  private static final String PREFIX = "solr_core_batched_hnsw_";
  private static final AttributeKey<String> FIELD = AttributeKey.stringKey("field");
  private static final AttributeKey<String> PLAN = AttributeKey.stringKey("plan");

  private static final Logger LOG = LoggerFactory.getLogger(MethodHandles.lookup().lookupClass());

  private final String core;
  private final InitArgs initArgs;
  private final Map<String, RecallEstimate> estimates = new ConcurrentHashMap<>();

  private SolrMetricsContext context;
  private Attributes coreAttributes;
  private LongCounter graphs;
  private LongCounter vectors;
  private DoubleCounter seconds;
  private LongCounter abortedMerges;
  private LongCounter failures;
  private DoubleGauge meanRecall;
  private DoubleGauge lowestRecall;

  /** The estimated recall of all graphs of a field; the mean is weighted by vectors. */
  private record RecallEstimate(long vectors, double mean, double lowest) {
    RecallEstimate plus(RecallEstimate other) {
      long sum = vectors + other.vectors;
      return new RecallEstimate(
          sum, (vectors * mean + other.vectors * other.mean) / sum, Math.min(lowest, other.lowest));
    }
  }

  /**
   * @param core name of the core, for the log
   * @param initArgs contains the memory budget
   */
  BuildMetrics(String core, InitArgs initArgs) {
    this.core = core;
    this.initArgs = initArgs;
  }

  @Override
  public void initializeMetrics(SolrMetricsContext parentContext, Attributes attributes) {
    context = parentContext;
    coreAttributes = attributes;
    graphs = context.longCounter(PREFIX + "graphs", "HNSW graphs built, by plan");
    vectors = context.longCounter(PREFIX + "vectors", "Vectors in the graphs built");
    seconds =
        context.doubleCounter(
            PREFIX + "build", "Time of all builds, writing included", OtelUnit.SECONDS);
    abortedMerges =
        context.longCounter(
            PREFIX + "aborted_merges", "Builds that ended because their merge was aborted");
    failures = context.longCounter(PREFIX + "failures", "Builds that ended with an error");
    meanRecall =
        context.doubleGauge(
            PREFIX + "estimated_recall", "Mean recall at search width 40, weighted by vectors");
    lowestRecall =
        context.doubleGauge(
            PREFIX + "estimated_recall_lowest", "The same of the graph that has the lowest");
    gauge(
        "reserved_memory",
        "Estimated heap of all builds that are going on in this process",
        BuildMemory::reservedBytes);
    if (initArgs.memoryBudgetMB() != null) {
      gauge(
          "memory_budget",
          "Heap that all builds of this process should take together",
          initArgs::memoryBudgetBytes);
    }
  }

  /** Evaluated whenever metrics are read, until the core is closed. */
  private void gauge(String name, String description, LongSupplier bytes) {
    context.observableLongGauge(
        PREFIX + name,
        description,
        measurement -> measurement.record(bytes.getAsLong(), coreAttributes),
        OtelUnit.BYTES);
  }

  @Override
  public SolrMetricsContext getSolrMetricsContext() {
    return context;
  }

  private Attributes of(String field) {
    return coreAttributes.toBuilder().put(FIELD, field).build();
  }

  @Override
  public void built(BuiltGraph graph) {
    Attributes attributes = of(graph.field());
    graphs.add(1, attributes.toBuilder().put(PLAN, graph.plan()).build());
    vectors.add(graph.vectors(), attributes);
    seconds.add(graph.nanos() / 1e9, attributes);
    double recall = graph.estimatedRecall();
    if (!Double.isNaN(recall)) {
      RecallEstimate added = new RecallEstimate(graph.vectors(), recall, recall);
      estimates.compute(
          graph.field(),
          (field, before) -> {
            RecallEstimate after = before == null ? added : before.plus(added);
            meanRecall.set(after.mean(), attributes);
            lowestRecall.set(after.lowest(), attributes);
            return after;
          });
    }
  }

  @Override
  public void failed(String field, int size, Throwable cause) {
    boolean aborted = cause instanceof MergePolicy.MergeAbortedException;
    (aborted ? abortedMerges : failures).add(1, of(field));
  }

  @Override
  public void notReplaced(String field, String format) {
    LOG.warn(
        "Not built by Batched HNSW: field {} of core {}, which has the format {}",
        field,
        core,
        format);
  }
}
