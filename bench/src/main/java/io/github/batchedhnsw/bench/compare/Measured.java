package io.github.batchedhnsw.bench.compare;

import io.github.batchedhnsw.bench.eval.QualityCurve;
import io.github.batchedhnsw.bench.eval.QualityPoint;
import io.github.batchedhnsw.bench.systems.BuildTimes;
import io.github.batchedhnsw.bench.systems.Ranking;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * One system's rounds.
 *
 * @param system its name
 * @param description what it ran with
 * @param directory the index of the last round
 * @param times per round
 * @param curves per round and ranking, all at the same widths
 */
public record Measured(
    String system,
    String description,
    Path directory,
    List<BuildTimes> times,
    List<Map<Ranking, QualityCurve>> curves) {

  /** Median over the rounds of one figure of the build. */
  public double median(ToDoubleFunction<BuildTimes> figure) {
    return median(times.stream().mapToDouble(figure).toArray());
  }

  /** Median total seconds. */
  public double medianSeconds() {
    return median(BuildTimes::totalSeconds);
  }

  /** How many times less of one figure than a reference, round by round. */
  public double[] speedUps(Measured reference, ToDoubleFunction<BuildTimes> figure) {
    double[] ratios = new double[times.size()];
    for (int round = 0; round < ratios.length; round++) {
      ratios[round] =
          figure.applyAsDouble(reference.times.get(round)) / figure.applyAsDouble(times.get(round));
    }
    return ratios;
  }

  /** How many times faster than a reference, round by round. */
  public double[] speedUps(Measured reference) {
    return speedUps(reference, BuildTimes::totalSeconds);
  }

  /** Mean recall and visited nodes and median latency over the rounds. */
  public QualityCurve curve(Ranking ranking) {
    List<QualityCurve> ranked = curves.stream().map(round -> round.get(ranking)).toList();
    List<QualityPoint> points = new ArrayList<>();
    for (int i = 0; i < ranked.getFirst().points().size(); i++) {
      int point = i;
      List<QualityPoint> rounds = ranked.stream().map(curve -> curve.points().get(point)).toList();
      points.add(
          new QualityPoint(
              rounds.getFirst().width(),
              rounds.stream().mapToDouble(QualityPoint::recall).average().orElseThrow(),
              rounds.stream().mapToDouble(QualityPoint::visited).average().orElseThrow(),
              median(rounds.stream().mapToDouble(QualityPoint::latencyMillis).toArray())));
    }
    return new QualityCurve(points);
  }

  /** Whether every round gave the same recall and visited nodes at every width. */
  public boolean sameEveryRound() {
    return curves.stream()
            .map(
                round ->
                    round.values().stream()
                        .flatMap(curve -> curve.points().stream())
                        .map(p -> List.of(p.recall(), p.visited()))
                        .toList())
            .distinct()
            .count()
        == 1;
  }

  /** The median; the mean of the middle two of an even number. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    java.util.Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
