// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.compare;

import static io.github.batchedhnsw.bench.report.Figures.format;
import static io.github.batchedhnsw.bench.report.Figures.joined;
import static io.github.batchedhnsw.bench.report.Figures.yesNo;

import io.github.batchedhnsw.bench.report.Table;
import io.github.batchedhnsw.bench.systems.BuildTimes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What the builds cost: systems down, figures across. */
final class BuildTable {
  private BuildTable() {}

  /** The table of an outcome. */
  static Table of(Outcome outcome) {
    Map<String, Function<Measured, String>> columns = columns(outcome);
    Table table = new Table(List.copyOf(columns.keySet()));
    for (Measured system : outcome.measured()) {
      table.add(columns.values().stream().map(column -> column.apply(system)).toList());
    }
    return table;
  }

  private static Map<String, Function<Measured, String>> columns(Outcome outcome) {
    int vectors = outcome.comparison().data().base().count();
    boolean forceMerge = outcome.comparison().job().forceMerge();
    Map<String, Function<Measured, String>> columns = new LinkedHashMap<>();
    columns.put("system", Measured::system);
    columns.put("index(s)", median("%.2f", BuildTimes::indexSeconds));
    columns.put("merge(s)", median("%.2f", BuildTimes::mergeSeconds));
    columns.put("force_merge(s)", median("%.2f", BuildTimes::forceMergeSeconds));
    columns.put(
        "force_merge speed-ups",
        system ->
            forceMerge ? joined(outcome.speedUps(system, BuildTimes::forceMergeSeconds)) : "-");
    columns.put("total(s)", median("%.2f", BuildTimes::totalSeconds));
    columns.put("rounds(s)", system -> joined(system.figures(BuildTimes::totalSeconds)));
    columns.put("speed-ups", system -> joined(outcome.speedUps(system, BuildTimes::totalSeconds)));
    columns.put("speed-up", medianSpeedUp(outcome, BuildTimes::totalSeconds));
    columns.put("against", system -> outcome.reference(system).system());
    columns.put("cpu(s)", median("%.2f", BuildTimes::cpuSeconds));
    columns.put("cpu speed-up", medianSpeedUp(outcome, BuildTimes::cpuSeconds));
    columns.put("docs/s", system -> format("%.0f", vectors / system.medianSeconds()));
    columns.put("peak heap(MiB)", median("%.0f", BuildTimes::peakHeapMib));
    columns.put(
        "index size(MiB)",
        system -> format("%.2f", system.median(BuildTimes::indexBytes) / (1 << 20)));
    columns.put("same quality every round", system -> yesNo(system.sameEveryRound()));
    return columns;
  }

  private static Function<Measured, String> median(
      String pattern, ToDoubleFunction<BuildTimes> figure) {
    return system -> format(pattern, system.median(figure));
  }

  private static Function<Measured, String> medianSpeedUp(
      Outcome outcome, ToDoubleFunction<BuildTimes> figure) {
    return system -> format("%.2f", Measured.median(outcome.speedUps(system, figure)));
  }
}
