// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import com.carrotsearch.randomizedtesting.annotations.ParametersFactory;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.Constants;

/** Runs once with every implementation that may be chosen in this JVM. */
public abstract class KernelTestCase extends LuceneTestCase {
  /** The implementation under test. */
  final DistanceKernels kernels;

  KernelTestCase(String kernels) {
    this.kernels = kernels.equals("scalar") ? new ScalarKernels() : new PanamaKernels();
  }

  @ParametersFactory
  public static Iterable<Object[]> implementations() {
    Object[] scalar = {"scalar"};
    Object[] panama = {"panama"};
    return hasPanama() ? List.of(scalar, panama) : List.<Object[]>of(scalar);
  }

  /** Without fused multiply-adds both implementations would give other bits, and one is unused. */
  static boolean hasPanama() {
    return Constants.HAS_FAST_VECTOR_FMA
        && ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }
}
