// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.compare;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.eval.ExactNeighbours;
import io.github.batchedhnsw.bench.eval.Quality;
import io.github.batchedhnsw.bench.eval.SearchRun;
import io.github.batchedhnsw.bench.report.Workspace;
import io.github.batchedhnsw.bench.systems.BenchSystem;
import io.github.batchedhnsw.bench.systems.BuildTimes;
import io.github.batchedhnsw.bench.systems.BuiltIndex;
import io.github.batchedhnsw.bench.systems.IndexJob;
import io.github.batchedhnsw.bench.systems.Ranking;
import io.github.batchedhnsw.bench.systems.WarmUp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Lets systems do the same work in turns, in one process. Every system first builds a small index
 * unmeasured, so that none pays for compiling code that the next one uses; every other round runs
 * in reverse order, so that none always runs on the cooler machine.
 *
 * @param data vectors and queries
 * @param systems the references first
 * @param references how many of the systems are references, at least 1
 * @param job how to index
 * @param rounds at least 1
 * @param rankings by which the indexes are judged, {@link Ranking#SEARCHED} among them
 */
public record Comparison(
    Dataset data,
    List<BenchSystem> systems,
    int references,
    IndexJob job,
    int rounds,
    List<Ranking> rankings) {

  /** Searched widths: those that are judged, and one between each two, to sharpen the curves. */
  public static final List<Integer> WIDTHS = List.of(10, 14, 20, 28, 40, 57, 80, 113, 160);

  /** A comparison with the first system, by what searches find without rescoring. */
  public Comparison(Dataset data, List<BenchSystem> systems, IndexJob job, int rounds) {
    this(data, systems, 1, job, rounds, List.of(Ranking.SEARCHED));
  }

  /** Checks that there is something to do. */
  public Comparison {
    if (rounds < 1 || references < 1 || systems.size() < references) {
      throw new IllegalArgumentException(
          "a comparison needs a round and a reference; rounds=%d, references=%d of %d systems"
              .formatted(rounds, references, systems.size()));
    }
  }

  /**
   * Which system another one is compared with: for a reference the first one; for any other the
   * reference with as many workers, or else the first.
   *
   * @param system index in {@link #systems}
   * @return index of the reference
   */
  public int reference(int system) {
    for (int i = 0; system >= references && i < references; i++) {
      if (systems.get(i).workers() == systems.get(system).workers()) {
        return i;
      }
    }
    return 0;
  }

  /**
   * Runs all rounds.
   *
   * @param exact by which recall is judged
   * @return per system what it did; the indexes of the last round are left in {@link Workspace}
   * @throws IOException when an index cannot be written or read
   */
  public List<Measured> run(ExactNeighbours exact) throws IOException {
    for (BenchSystem system : systems) {
      WarmUp.run(system, data, job);
    }
    List<List<BuildTimes>> times = perSystem();
    List<List<Map<Ranking, Quality>>> qualities = perSystem();
    for (int round = 0; round < rounds; round++) {
      for (int turn = 0; turn < systems.size(); turn++) {
        int number = round % 2 == 0 ? turn : systems.size() - 1 - turn;
        BenchSystem system = systems.get(number);
        List<BuildTimes> soFar = times.get(number);
        double expected = soFar.isEmpty() ? Double.NaN : soFar.getLast().totalSeconds();
        BenchSystem.Built built =
            system.build(data, job, Workspace.emptyIndex(system.name()), expected);
        try (BuiltIndex index = built.index()) {
          soFar.add(built.times());
          System.err.printf(
              Locale.ROOT,
              "round %d of %d: %s built %,d vectors in %.2f s%n",
              round + 1,
              rounds,
              system.name(),
              data.base().count(),
              built.times().totalSeconds());
          qualities.get(number).add(search(system.name(), index, exact));
        }
      }
    }
    List<Measured> measured = new ArrayList<>();
    for (int number = 0; number < systems.size(); number++) {
      BenchSystem system = systems.get(number);
      measured.add(
          new Measured(
              system.name(),
              system.description(),
              Workspace.index(system.name()),
              times.get(number),
              qualities.get(number)));
    }
    return measured;
  }

  private Map<Ranking, Quality> search(String name, BuiltIndex index, ExactNeighbours exact)
      throws IOException {
    Map<Ranking, Quality> qualities = new EnumMap<>(Ranking.class);
    for (Ranking ranking : rankings) {
      String title = ranking.prefix() + name;
      BuiltIndex view = ranking.view(index);
      qualities.put(
          ranking,
          switch (ranking) {
            case SEARCHED -> SearchRun.measure(title, view, data, exact, WIDTHS);
            case RESCORED -> SearchRun.measureUnfiltered(title, view, data, exact, WIDTHS);
          });
    }
    return qualities;
  }

  private <T> List<List<T>> perSystem() {
    List<List<T>> lists = new ArrayList<>();
    Collections.nCopies(systems.size(), 0).forEach(i -> lists.add(new ArrayList<>()));
    return lists;
  }
}
