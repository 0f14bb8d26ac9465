// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * CPU time of all threads of this process, in the steps that the system counts in (often 10 ms).
 */
public final class ProcessCpu {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private ProcessCpu() {}

  /** Seconds since the process began. */
  public static double seconds() {
    return SYSTEM.getProcessCpuTime() / 1e9;
  }
}
