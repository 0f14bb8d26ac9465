// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.compare;

import io.github.batchedhnsw.bench.eval.EqualQuality;
import io.github.batchedhnsw.bench.eval.Quality;
import io.github.batchedhnsw.bench.stock.StockReader;
import io.github.batchedhnsw.bench.systems.BuildTimes;
import io.github.batchedhnsw.bench.systems.Ranking;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of a comparison as {@link io.github.batchedhnsw.bench.report.Json} writes them.
 *
 * @param outcome what was measured
 * @param opened per system with index files, whether stock Lucene opened its last index
 */
record ComparisonJson(Outcome outcome, Map<String, StockReader.Answer> opened) {

  /** One entry per system, in their order. */
  List<Map<String, Object>> systems() {
    List<Map<String, Object>> systems = new ArrayList<>();
    for (Measured system : outcome.measured()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("system", system.system());
      entry.put("description", system.description());
      entry.put("rounds", system.times());
      entry.put("totalSecondsMedian", system.medianSeconds());
      double[] ratios = outcome.speedUps(system, BuildTimes::totalSeconds);
      entry.put("speedUps", Arrays.stream(ratios).boxed().toList());
      entry.put("speedUpMedian", Measured.median(ratios));
      entry.put("sameQualityEveryRound", system.sameEveryRound());
      putQuality(entry, system, Ranking.SEARCHED, "curve", "equalQuality");
      if (outcome.comparison().rankings().contains(Ranking.RESCORED)) {
        putQuality(entry, system, Ranking.RESCORED, "rescoredCurve", "equalRescoredQuality");
      }
      entry.put("openedByStockLucene", opened.get(system.system()));
      systems.add(entry);
    }
    return systems;
  }

  private void putQuality(
      Map<String, Object> entry,
      Measured system,
      Ranking ranking,
      String curveKey,
      String verdictKey) {
    Quality quality = system.quality(ranking);
    entry.put(curveKey, quality.curve().points());
    entry.put(curveKey + "Of100", quality.deep().points());
    Map<String, Object> filtered = new LinkedHashMap<>();
    quality.filtered().forEach((filter, curve) -> filtered.put(filter.name(), curve.points()));
    entry.put(curveKey + "Filtered", filtered);
    if (outcome.candidates().contains(system)) {
      EqualQuality.Verdict verdict = outcome.judge(system, ranking).verdict();
      entry.put(verdictKey, verdict.holds());
      entry.put(verdictKey + "Lines", verdict.lines());
    }
  }
}
