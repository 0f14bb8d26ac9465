// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.compare;

import io.github.batchedhnsw.bench.data.RowFilter;
import io.github.batchedhnsw.bench.eval.Quality;
import io.github.batchedhnsw.bench.eval.QualityCurve;
import io.github.batchedhnsw.bench.eval.QualityPoint;
import io.github.batchedhnsw.bench.systems.BuildTimes;
import io.github.batchedhnsw.bench.systems.Ranking;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * One system's rounds.
 *
 * @param system its name
 * @param description what it ran with
 * @param directory the index of the last round
 * @param times per round
 * @param qualities per round and ranking, all at the same widths and with the same filters
 */
public record Measured(
    String system,
    String description,
    Path directory,
    List<BuildTimes> times,
    List<Map<Ranking, Quality>> qualities) {

  /** One figure of the build, round by round. */
  public double[] figures(ToDoubleFunction<BuildTimes> figure) {
    return times.stream().mapToDouble(figure).toArray();
  }

  /** Median over the rounds of one figure of the build. */
  public double median(ToDoubleFunction<BuildTimes> figure) {
    return median(figures(figure));
  }

  /** Median total seconds. */
  public double medianSeconds() {
    return median(BuildTimes::totalSeconds);
  }

  /** By what factor one figure is smaller than a reference's, round by round. */
  public double[] speedUps(Measured reference, ToDoubleFunction<BuildTimes> figure) {
    double[] ratios = new double[times.size()];
    for (int round = 0; round < ratios.length; round++) {
      ratios[round] =
          figure.applyAsDouble(reference.times.get(round)) / figure.applyAsDouble(times.get(round));
    }
    return ratios;
  }

  /** Mean recall and visited nodes and median latency over the rounds. */
  public Quality quality(Ranking ranking) {
    List<Quality> rounds = qualities.stream().map(round -> round.get(ranking)).toList();
    Map<RowFilter, QualityCurve> filtered = new LinkedHashMap<>();
    for (RowFilter filter : rounds.getFirst().filtered().keySet()) {
      filtered.put(filter, mean(rounds, quality -> quality.filtered().get(filter)));
    }
    return new Quality(mean(rounds, Quality::curve), mean(rounds, Quality::deep), filtered);
  }

  private static QualityCurve mean(List<Quality> rounds, Function<Quality, QualityCurve> part) {
    List<QualityCurve> curves = rounds.stream().map(part).toList();
    List<QualityPoint> points = new ArrayList<>();
    for (int i = 0; i < curves.getFirst().points().size(); i++) {
      int point = i;
      List<QualityPoint> same = curves.stream().map(curve -> curve.points().get(point)).toList();
      points.add(
          new QualityPoint(
              same.getFirst().width(),
              same.stream().mapToDouble(QualityPoint::recall).average().orElseThrow(),
              same.stream().mapToDouble(QualityPoint::worstServed).average().orElseThrow(),
              same.stream().mapToDouble(QualityPoint::visited).average().orElseThrow(),
              median(same.stream().mapToDouble(QualityPoint::latencyMillis).toArray())));
    }
    return new QualityCurve(points);
  }

  /** Whether every round gave the same recall and visited nodes in every search. */
  public boolean sameEveryRound() {
    return qualities.stream()
            .map(
                round ->
                    round.values().stream()
                        .flatMap(Measured::curves)
                        .flatMap(curve -> curve.points().stream())
                        .map(p -> List.of(p.recall(), p.visited()))
                        .toList())
            .distinct()
            .count()
        == 1;
  }

  private static Stream<QualityCurve> curves(Quality quality) {
    return Stream.concat(
        Stream.of(quality.curve(), quality.deep()), quality.filtered().values().stream());
  }

  /** The median, which is the mean of the middle two of an even number of values. */
  public static double median(double[] values) {
    double[] sorted = values.clone();
    java.util.Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
