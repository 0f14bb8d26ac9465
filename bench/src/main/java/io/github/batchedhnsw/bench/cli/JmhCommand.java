// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code jmh}: micro-benchmarks of the kernels; everything after it is JMH's own command line. */
@Command(
    name = "jmh",
    description = "Micro-benchmarks of the kernels; all arguments go to JMH, see bench/run jmh -h.")
final class JmhCommand implements Callable<Integer> {
  @Parameters(arity = "0..*")
  private List<String> arguments = List.of();

  @Override
  public Integer call() throws IOException {
    org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
    return 0;
  }
}
