// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** CPU time of this process, all threads, in steps of what the system counts (often 10 ms). */
public final class ProcessCpu {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private ProcessCpu() {}

  /** Seconds since the process began. */
  public static double seconds() {
    return SYSTEM.getProcessCpuTime() / 1e9;
  }
}
