// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.scaling;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.report.Workspace;
import io.github.batchedhnsw.bench.systems.BenchSystem;
import io.github.batchedhnsw.bench.systems.BuildTimes;
import io.github.batchedhnsw.bench.systems.GraphParams;
import io.github.batchedhnsw.bench.systems.IndexJob;
import io.github.batchedhnsw.bench.systems.Systems;
import io.github.batchedhnsw.bench.systems.WarmUp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Build time by worker threads and by number of vectors.
 *
 * @param data the most vectors
 * @param params M and beam
 * @param job how to index
 * @param rounds builds per point, the fastest counts
 */
public record Scaling(Dataset data, GraphParams params, IndexJob job, int rounds) {
  /**
   * One point.
   *
   * @param system name of the system
   * @param workers its threads
   * @param vectors how many were indexed
   * @param seconds fastest of the rounds, index and merge
   * @param graphSeconds fastest of the rounds, graphs only; 0 where a system does not tell
   * @param graphSha256 {@link GraphBytes} of the last round
   * @param sameEveryRound whether all rounds wrote the same graph
   */
  public record Point(
      String system,
      int workers,
      int vectors,
      double seconds,
      double graphSeconds,
      String graphSha256,
      boolean sameEveryRound) {

    /** Microseconds per vector. */
    public double microsPerVector() {
      return seconds * 1e6 / vectors;
    }
  }

  /** 1, 2, 4, ... and the number of processors itself. */
  public static List<Integer> powersOfTwoUpToProcessors() {
    int processors = Runtime.getRuntime().availableProcessors();
    return Stream.concat(
            Stream.iterate(1, count -> count < processors, count -> 2 * count),
            Stream.of(processors))
        .toList();
  }

  /**
   * The format under test with each number of workers, on all vectors.
   *
   * @throws IllegalArgumentException for more workers than processors: that would measure nothing
   * @throws IOException when an index cannot be written
   */
  public List<Point> byWorkers(List<Integer> workers) throws IOException {
    int processors = Runtime.getRuntime().availableProcessors();
    List<Point> points = new ArrayList<>();
    for (int count : workers) {
      if (count < 1 || count > processors) {
        throw new IllegalArgumentException(
            "workers must be in 1..%d, the processors of this machine; workers=%d"
                .formatted(processors, count));
      }
      points.add(point(Systems.batched(params, count, count), count, data));
    }
    return points;
  }

  /**
   * Stock and the format under test, one worker, on the first vectors.
   *
   * @throws IOException when an index cannot be written
   */
  public List<Point> byCount(List<Integer> counts) throws IOException {
    List<Point> points = new ArrayList<>();
    for (int count : counts) {
      if (count > data.base().count()) {
        throw new IllegalArgumentException(
            "counts must be at most --count; counts=%d, count=%d"
                .formatted(count, data.base().count()));
      }
      points.add(point(Systems.stock(params, 1), 1, data.first(count)));
      points.add(point(Systems.batched(params, 1, 1), 1, data.first(count)));
    }
    return points;
  }

  private Point point(BenchSystem system, int workers, Dataset vectors) throws IOException {
    WarmUp.run(system, vectors, job);
    double[] seconds = new double[rounds];
    double[] graphSeconds = new double[rounds];
    String[] digests = new String[rounds];
    for (int round = 0; round < rounds; round++) {
      BuildTimes times = build(system, vectors, round == 0 ? Double.NaN : seconds[round - 1]);
      seconds[round] = times.totalSeconds();
      graphSeconds[round] = times.graphSeconds();
      digests[round] = GraphBytes.sha256(directory(system));
    }
    double fastest = Arrays.stream(seconds).min().orElseThrow();
    System.err.printf(
        Locale.ROOT, "%s: %,d vectors in %.2f s%n", system.name(), vectors.base().count(), fastest);
    return new Point(
        system.name(),
        workers,
        vectors.base().count(),
        fastest,
        Arrays.stream(graphSeconds).min().orElseThrow(),
        digests[rounds - 1],
        Arrays.stream(digests).distinct().count() == 1);
  }

  private BuildTimes build(BenchSystem system, Dataset vectors, double expectedSeconds)
      throws IOException {
    BenchSystem.Built built =
        system.build(
            vectors, job, Workspace.emptyIndex("scaling-" + system.name()), expectedSeconds);
    built.index().close();
    return built.times();
  }

  private static Path directory(BenchSystem system) {
    return Workspace.index("scaling-" + system.name());
  }
}
