// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.compare;

import io.github.batchedhnsw.bench.eval.EqualQuality;
import io.github.batchedhnsw.bench.systems.BuildTimes;
import io.github.batchedhnsw.bench.systems.Ranking;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What the systems of a comparison did, beside what each of them is compared with.
 *
 * @param comparison what was run
 * @param measured in the order of its systems
 */
record Outcome(Comparison comparison, List<Measured> measured) {

  /** The verdict on one candidate by one ranking. */
  record Judgement(
      Measured candidate, Measured reference, Ranking ranking, EqualQuality.Verdict verdict) {

    /** What was judged, in words. */
    String title() {
      return "equal %squality, %s against %s"
          .formatted(ranking.prefix(), candidate.system(), reference.system());
    }
  }

  /** What a system is compared with. */
  Measured reference(Measured system) {
    return measured.get(comparison.reference(measured.indexOf(system)));
  }

  /** By what factor one figure is smaller than that of the reference, round by round. */
  double[] speedUps(Measured system, ToDoubleFunction<BuildTimes> figure) {
    return system.speedUps(reference(system), figure);
  }

  /** The verdict on a system, which may be a reference, by one ranking. */
  Judgement judge(Measured system, Ranking ranking) {
    Measured reference = reference(system);
    return new Judgement(
        system,
        reference,
        ranking,
        EqualQuality.judge(reference.quality(ranking), system.quality(ranking)));
  }

  /** The systems that are no references. */
  List<Measured> candidates() {
    return measured.subList(comparison.references(), measured.size());
  }

  /** The verdicts on all candidates, ranking by ranking. */
  List<Judgement> judgements() {
    List<Judgement> all = new ArrayList<>();
    for (Ranking ranking : comparison.rankings()) {
      for (Measured candidate : candidates()) {
        all.add(judge(candidate, ranking));
      }
    }
    return all;
  }
}
