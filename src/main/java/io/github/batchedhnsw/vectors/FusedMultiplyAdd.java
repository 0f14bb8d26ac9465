// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.apache.lucene.util.Constants;

/**
 * Whether this JVM fuses multiply-adds in one instruction. Lucene's constants say whether that is
 * also the fastest way on this processor, but sums must be the same on all processors.
 */
final class FusedMultiplyAdd {
  static final boolean IS_FAST = isFast();

  private FusedMultiplyAdd() {}

  private static boolean isFast() {
    try {
      HotSpotDiagnosticMXBean options =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return Boolean.parseBoolean(options.getVMOption("UseFMA").getValue());
    } catch (LinkageError | RuntimeException e) { // another JVM, or one without this module
      return Constants.HAS_FAST_VECTOR_FMA || Constants.HAS_FAST_SCALAR_FMA;
    }
  }
}
