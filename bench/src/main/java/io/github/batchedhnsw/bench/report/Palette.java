// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.report;

import java.awt.Color;

/** One fixed colour per system, distinguishable with colour-blind eyes (Okabe and Ito's set). */
public final class Palette {
  private static final Color STOCK = new Color(0x5B6470);
  private static final Color STOCK_PARALLEL = new Color(0xE69F00);
  private static final Color BATCHED = new Color(0x0072B2);
  private static final Color BATCHED_PARALLEL = new Color(0x009E73);
  private static final Color JVECTOR = new Color(0xD55E00);
  private static final Color IDEAL = new Color(0xC9CED6);
  private static final Color OTHER = new Color(0xCC79A7);

  private Palette() {}

  /** The colour of a system, by its name. */
  public static Color of(String system) {
    if (system.startsWith("stock x")) {
      return STOCK_PARALLEL;
    }
    if (system.startsWith("batched x")) {
      return BATCHED_PARALLEL;
    }
    if (system.startsWith("jvector")) {
      return JVECTOR;
    }
    return switch (system) {
      case "stock" -> STOCK;
      case "batched" -> BATCHED;
      case "ideal" -> IDEAL;
      default -> OTHER;
    };
  }
}
