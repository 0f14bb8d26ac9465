// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import io.github.batchedhnsw.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;

/**
 * The JVM's first compiler compiles every kernel. It gives up on methods with too many vectors
 * ("out of virtual registers"), and whether the second one compiles these then depends on luck:
 * with lanes of 256 bits, clustering 30,000 vectors took 0.15 seconds in some JVMs and 8 in others.
 */
public class TestFirstCompiler extends LuceneTestCase {

  public void testCompilesAllKernels() throws Exception {
    assumeTrue("no vector module", KernelTestCase.hasVectorModule());
    List<String> log =
        callKernels(
            "-XX:TieredStopAtLevel=3",
            "-XX:CompileThresholdScaling=0.2",
            "-XX:+PrintCompilation",
            "-XX:MaxVectorSize=" + PanamaLanes.LANES * 4);
    List<String> ours = log.stream().filter(line -> line.contains("vectors.Panama")).toList();
    for (String kernel : List.of("dot4", "squareDistance4x4", "products", "rank", "atLeast")) {
      assertTrue(kernel, ours.stream().anyMatch(line -> line.contains("::" + kernel + " (")));
    }
    List<String> skipped = ours.stream().filter(line -> line.contains("out of")).toList();
    assertEquals(skipped.toString(), List.of(), skipped);
  }

  /**
   * Without the second compiler, vectors are objects, and graphs take minutes instead of seconds.
   */
  public void testNoSecondCompiler() throws Exception {
    List<String> log = callKernels("-XX:TieredStopAtLevel=1");
    assertTrue(log.toString(), log.contains("scalar"));
    assertTrue(log.toString(), log.toString().contains("without its second compiler"));
  }

  private static List<String> callKernels(String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("--add-modules", "jdk.incubator.vector", "-ea"));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    arguments.add(KernelCalls.class.getName());
    return ChildJvm.run(createTempDir().resolve("log"), arguments).lines().toList();
  }
}
