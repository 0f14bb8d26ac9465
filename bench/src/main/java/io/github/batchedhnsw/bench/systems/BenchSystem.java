// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import io.github.batchedhnsw.bench.data.Dataset;
import java.io.IOException;
import java.nio.file.Path;

/** Something that turns vectors into a searchable graph. */
public sealed interface BenchSystem permits LuceneSystem, JVectorSystem {

  /** Short and unique in a run; also decides the colour in charts. */
  String name();

  /** Threads that work on one graph at most. */
  int workers();

  /** What it runs with: version, parameters, workers. */
  String description();

  /**
   * One build.
   *
   * @param times what it cost
   * @param index the result, to be closed by the caller
   */
  record Built(BuildTimes times, BuiltIndex index) {}

  /**
   * Builds and opens an index.
   *
   * @param directory empty or absent; receives the index files if the system has any
   * @param expectedSeconds how long the last build took, NaN when unknown; for the progress line
   * @throws IOException when it cannot be written, or does not come out as the job asks
   */
  Built build(Dataset data, IndexJob job, Path directory, double expectedSeconds)
      throws IOException;
}
