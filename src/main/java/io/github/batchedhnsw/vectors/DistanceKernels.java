// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.util.logging.Logger;
import org.apache.lucene.util.Constants;

/**
 * The arithmetic of vector comparison: of {@linkplain PairKernels pairs}, of {@linkplain
 * TileKernels four vectors with four others}, of {@linkplain BlockKernels blocks}, and of arrays of
 * {@linkplain ScoreKernels scores}. There are two implementations, {@link ScalarKernels} (plain
 * Java, the oracle of the tests) and {@link PanamaKernels} (the JDK's vector module), with a file
 * for each of these jobs; {@link #best()} is chosen once per JVM.
 *
 * <p>All implementations give the same bits for the same input, on every processor that has fused
 * multiply-adds; without them, products are rounded before they are added.
 *
 * <p>All methods are stateless and safe for use by several threads. Array lengths are the
 * dimension; callers guarantee that they agree.
 */
public sealed interface DistanceKernels extends TileKernels, BlockKernels, ScoreKernels
    permits ScalarKernels, PanamaKernels {

  /**
   * The fastest implementation that this JVM can run: Panama if the module {@code
   * jdk.incubator.vector} is present and the JVM has fused multiply-adds and the compiler that
   * knows the module, else scalar.
   */
  static DistanceKernels best() {
    return Choice.BEST;
  }

  /** A short name for logs and reports, such as {@code "panama-512"}. */
  String name();

  /** The choice, made once. */
  final class Choice {
    private static final String MODULE = "jdk.incubator.vector";
    private static final DistanceKernels BEST = choose();

    private Choice() {}

    private static DistanceKernels choose() {
      String reason = reasonForScalar();
      if (reason == null) {
        return new PanamaKernels();
      }
      Logger.getLogger(DistanceKernels.class.getName())
          .warning("Graphs are built with scalar arithmetic, which is slower: " + reason);
      return new ScalarKernels();
    }

    private static String reasonForScalar() {
      if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
        return "start Java with --add-modules " + MODULE;
      }
      if (!FusedMultiplyAdd.IS_FAST) {
        return "this CPU has no fused multiply-add";
      }
      return Constants.IS_CLIENT_VM ? "this JVM runs without its second compiler" : null;
    }
  }
}
