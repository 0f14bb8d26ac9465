// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import com.carrotsearch.randomizedtesting.annotations.ParametersFactory;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Runs once with every implementation that this JVM has, whether it would be chosen or not. */
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

  /**
   * {@code a * b + c} as an implementation computes it: only the scalar one ever rounds the
   * product, where Lucene finds that the processor has no fast fused multiply-add.
   */
  static float fma(DistanceKernels kernels, float a, float b, float c) {
    return kernels.name().equals("scalar-unfused") ? a * b + c : Math.fma(a, b, c);
  }
}
