// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.codecs.KnnVectorsFormat;

/**
 * Parameters that a stock format keeps private, read from its {@code toString()}.
 *
 * @param maxConn M
 * @param beamWidth candidates tracked while inserting
 * @param tinySegmentsThreshold the format's, or the default if it does not have one
 */
record StockParameters(int maxConn, int beamWidth, int tinySegmentsThreshold) {
  private static final Pattern GRAPH =
      Pattern.compile("maxConn=(\\d+), beamWidth=(\\d+)(?:, tinySegmentsThreshold=(-?\\d+))?");

  /**
   * Reads the parameters that all HNSW formats have.
   *
   * @throws IllegalStateException if one is missing
   */
  static StockParameters of(KnnVectorsFormat stock) {
    Matcher told = GRAPH.matcher(stock.toString());
    if (!told.find()) {
      throw cannotTell("maxConn and beamWidth", stock);
    }
    return new StockParameters(
        Integer.parseInt(told.group(1)),
        Integer.parseInt(told.group(2)),
        told.group(3) == null
            ? BatchedHnswVectorsFormat.DEFAULT_TINY_SEGMENTS_THRESHOLD
            : Integer.parseInt(told.group(3)));
  }

  /**
   * Reads a parameter that is a constant of an enum.
   *
   * @param name as in {@code name=CONSTANT}
   * @param type the enum
   * @throws IllegalStateException if the format does not name it, or names no constant of the enum
   */
  static <E> E constant(KnnVectorsFormat stock, String name, Class<E> type) {
    Matcher told = Pattern.compile("\\b" + name + "=(\\w+)").matcher(stock.toString());
    if (told.find()) {
      for (E constant : type.getEnumConstants()) {
        if (((Enum<?>) constant).name().equals(told.group(1))) {
          return constant;
        }
      }
    }
    throw cannotTell(name, stock);
  }

  /** The exception for a format whose {@code toString()} lacks a parameter. */
  static IllegalStateException cannotTell(String what, KnnVectorsFormat stock) {
    return new IllegalStateException(
        "cannot tell " + what + " of the wrapped format; format=" + stock);
  }
}
