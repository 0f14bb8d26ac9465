// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.knn;

import static io.github.batchedhnsw.bench.report.Figures.format;

import io.github.batchedhnsw.bench.report.Table;
import io.github.batchedhnsw.bench.systems.BuildTimes;
import io.github.batchedhnsw.bench.systems.GraphParams;
import java.util.List;

/**
 * One line of the {@code knn} table.
 *
 * @param system name of the system
 * @param recall share of the exact topK found
 * @param latencyMillis mean wall time per query
 * @param netCpuMillis mean CPU time of the whole process per query
 * @param averageCpuCount CPU time over wall time while searching
 * @param documents vectors indexed
 * @param topK results asked for
 * @param fanout candidates kept beyond topK
 * @param params M and beam
 * @param visited mean vectors scored per query
 * @param build what building cost
 * @param dimension components per vector
 * @param encoding FLOAT32 or BYTE
 * @param metric the similarity
 * @param workers worker threads of the system
 */
public record KnnResult(
    String system,
    double recall,
    double latencyMillis,
    double netCpuMillis,
    double averageCpuCount,
    int documents,
    int topK,
    int fanout,
    GraphParams params,
    double visited,
    BuildTimes build,
    int dimension,
    String encoding,
    String metric,
    int workers) {

  private static final double BYTES_PER_MB = 1 << 20;

  /** luceneutil's columns, plus system, workers and peak memory. */
  public static Table table(List<KnnResult> results) {
    Table table =
        new Table(
            List.of(
                "system",
                "recall",
                "latency(ms)",
                "netCPU",
                "avgCpuCount",
                "nDoc",
                "topK",
                "fanout",
                "maxConn",
                "beamWidth",
                "quantized",
                "visited",
                "index(s)",
                "index_docs/s",
                "merge(s)",
                "force_merge(s)",
                "total(s)",
                "num_segments",
                "index_size(MB)",
                "vec_disk(MB)",
                "vec_RAM(MB)",
                "encoding",
                "metric",
                "workers",
                "peak_heap(MB)"));
    results.forEach(result -> table.add(result.cells()));
    return table;
  }

  private List<String> cells() {
    int componentBytes = encoding.equals("BYTE") ? Byte.BYTES : Float.BYTES;
    return List.of(
        system,
        format("%.3f", recall),
        format("%.3f", latencyMillis),
        format("%.3f", netCpuMillis),
        format("%.2f", averageCpuCount),
        Integer.toString(documents),
        Integer.toString(topK),
        Integer.toString(fanout),
        Integer.toString(params.maxConn()),
        Integer.toString(params.beamWidth()),
        "no",
        format("%.0f", visited),
        format("%.2f", build.indexSeconds()),
        format("%.0f", documents / build.indexSeconds()),
        format("%.2f", build.mergeSeconds()),
        format("%.2f", build.forceMergeSeconds()),
        format("%.2f", build.totalSeconds()),
        Integer.toString(build.segments()),
        format("%.2f", build.indexBytes() / BYTES_PER_MB),
        format("%.2f", build.vectorBytes() / BYTES_PER_MB),
        format("%.2f", (double) documents * dimension * componentBytes / BYTES_PER_MB),
        encoding,
        metric,
        Integer.toString(workers),
        format("%.0f", build.peakHeapMib()));
  }
}
