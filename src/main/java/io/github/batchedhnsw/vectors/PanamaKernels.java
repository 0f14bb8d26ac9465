// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

/**
 * {@link DistanceKernels} on the JDK's vector module, in the lane width that the JVM prefers. It is
 * loaded only where the module is present.
 */
public final class PanamaKernels
    implements DistanceKernels, PanamaTileKernels, PanamaBlockKernels, PanamaScoreKernels {

  @Override
  public String name() {
    return "panama-" + PanamaLanes.FLOATS.vectorBitSize();
  }
}
