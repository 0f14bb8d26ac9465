// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

/** {@link DistanceKernels} in plain Java. */
public final class ScalarKernels
    implements DistanceKernels, ScalarPairKernels, ScalarBlockKernels, ScalarScoreKernels {

  /**
   * Whether multiply-adds are fused, as they are with the vector module. Without support by the
   * processor that takes hundreds of times as long.
   */
  private static final boolean FUSED = FusedMultiplyAdd.IS_FAST;

  @Override
  public String name() {
    return FUSED ? "scalar" : "scalar-unfused";
  }

  /** {@code a * b + c}. */
  static float fma(float a, float b, float c) {
    return FUSED ? Math.fma(a, b, c) : a * b + c;
  }
}
