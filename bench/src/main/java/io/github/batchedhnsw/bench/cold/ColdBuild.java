// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cold;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.RowFile;
import io.github.batchedhnsw.bench.data.Vectors;
import io.github.batchedhnsw.bench.systems.BenchSystem;
import io.github.batchedhnsw.bench.systems.IndexJob;
import io.github.batchedhnsw.bench.systems.ProcessCpu;
import io.github.batchedhnsw.bench.systems.SystemSpec;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;

/** The child process of {@link ColdStart}: reads prepared vectors, builds one index, and ends. */
public final class ColdBuild {
  private ColdBuild() {}

  /**
   * What one child does.
   *
   * @param system what builds
   * @param job how
   * @param similarity the metric
   * @param encoding of the vectors
   * @param dimension components of each
   * @param vectors the file of the vectors, as {@link RowFile} writes them
   * @param index an empty directory
   */
  record Task(
      SystemSpec system,
      IndexJob job,
      VectorSimilarityFunction similarity,
      VectorEncoding encoding,
      int dimension,
      Path vectors,
      Path index) {

    List<String> arguments() {
      List<String> arguments = new ArrayList<>(system.arguments());
      arguments.addAll(job.arguments());
      arguments.addAll(
          List.of(
              similarity.name(),
              encoding.name(),
              Integer.toString(dimension),
              vectors.toString(),
              index.toString()));
      return arguments;
    }

    static Task parse(List<String> arguments) {
      int job = SystemSpec.ARGUMENTS;
      int rest = job + IndexJob.ARGUMENTS;
      return new Task(
          SystemSpec.parse(arguments.subList(0, job)),
          IndexJob.parse(arguments.subList(job, rest)),
          VectorSimilarityFunction.valueOf(arguments.get(rest)),
          VectorEncoding.valueOf(arguments.get(rest + 1)),
          Integer.parseInt(arguments.get(rest + 2)),
          Path.of(arguments.get(rest + 3)),
          Path.of(arguments.get(rest + 4)));
    }
  }

  /**
   * What a child reports.
   *
   * @param buildSeconds as {@link io.github.batchedhnsw.bench.systems.BuildTimes#totalSeconds}
   * @param cpuSeconds CPU time of the process from its start to this line, all threads
   */
  record Answer(double buildSeconds, double cpuSeconds) {
    private static final String START = "cold build: ";

    String line() {
      return START + buildSeconds + " " + cpuSeconds;
    }

    static Answer parse(String line) throws IOException {
      if (!line.startsWith(START)) {
        throw new IOException("a fresh JVM did not build: " + line);
      }
      String[] figures = line.substring(START.length()).split(" ");
      return new Answer(Double.parseDouble(figures[0]), Double.parseDouble(figures[1]));
    }
  }

  /**
   * Builds and prints an {@link Answer} as the last line.
   *
   * @param args of a {@link Task}
   * @throws IOException when vectors cannot be read or the index cannot be written
   */
  public static void main(String[] args) throws IOException {
    Task task = Task.parse(Arrays.asList(args));
    Vectors vectors;
    try (RowFile file = new RowFile(task.vectors(), task.encoding(), task.dimension())) {
      vectors = file.load();
    }
    Dataset data = new Dataset("cold", "prepared", vectors, vectors.slice(0, 1), task.similarity());
    BenchSystem.Built built =
        task.system().system().build(data, task.job(), task.index(), Double.NaN);
    built.index().close();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.println(new Answer(built.times().totalSeconds(), ProcessCpu.seconds()).line());
  }
}
