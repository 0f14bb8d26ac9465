// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

/** {@link DistanceKernels} in plain Java. */
public final class ScalarKernels
    implements DistanceKernels, ScalarPairKernels, ScalarBlockKernels, ScalarScoreKernels {

  @Override
  public String name() {
    return "scalar";
  }
}
