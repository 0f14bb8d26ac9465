// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.report;

import com.sun.management.OperatingSystemMXBean;
import io.github.batchedhnsw.vectors.DistanceKernels;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.lucene.util.Constants;
import org.apache.lucene.util.Version;

/** The machine and the software that a run ran on. */
public final class Environment {
  private Environment() {}

  /** Names and values, in the order to print them. */
  public static Map<String, String> describe() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(
        "date",
        java.time.Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
    facts.put(
        "CPU", cpuModel() + ", " + Runtime.getRuntime().availableProcessors() + " processors");
    facts.put("OS", Constants.OS_NAME + " " + Constants.OS_VERSION + " " + Constants.OS_ARCH);
    facts.put("JVM", System.getProperty("java.vm.name") + " " + Runtime.version());
    facts.put("memory", memoryMib() + " MiB");
    facts.put("max heap", Runtime.getRuntime().maxMemory() / (1 << 20) + " MiB");
    boolean module = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    facts.put(
        "vector module",
        module
            ? "jdk.incubator.vector, widest " + widestBits() + " bits"
            : "absent: scalar kernels");
    facts.put("our kernels", kernels());
    facts.put("Lucene", Version.LATEST.toString());
    return facts;
  }

  /** Only called when the module is there, since the class below must not be loaded otherwise. */
  private static int widestBits() {
    return jdk.incubator.vector.VectorShape.preferredShape().vectorBitSize();
  }

  /** The kernels that Batched HNSW computes with. */
  private static String kernels() {
    String name = DistanceKernels.best().name();
    return name + (name.startsWith("panama-") ? ": lanes of " + name.substring(7) + " bits" : "");
  }

  /** Memory of the machine, or of the container that the JVM sees. */
  private static long memoryMib() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getTotalMemorySize() / (1 << 20);
  }

  private static String cpuModel() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(Constants.OS_ARCH);
    } catch (IOException e) {
      return Constants.OS_ARCH;
    }
  }
}
