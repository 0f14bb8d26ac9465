// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import com.carrotsearch.randomizedtesting.annotations.ParametersFactory;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Runs once with every implementation that this JVM has. */
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
    return hasVectorModule() ? List.of(scalar, panama) : List.<Object[]>of(scalar);
  }

  static boolean hasVectorModule() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }
}
