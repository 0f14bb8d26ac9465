// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Text of figures and facts, the same in every locale. */
public final class Figures {
  private Figures() {}

  /** {@link String#format} with a point as decimal separator. */
  public static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }

  /** Figures with two decimals side by side. */
  public static String joined(double[] values) {
    return Arrays.stream(values)
        .mapToObj(value -> format("%.2f", value))
        .collect(Collectors.joining(" "));
  }

  /** Says whether something holds; a "NO" is meant to be seen. */
  public static String yesNo(boolean holds) {
    return holds ? "yes" : "NO";
  }

  /** Names and values for a terminal, one line each. */
  public static String lines(Map<String, String> facts) {
    StringBuilder text = new StringBuilder();
    facts.forEach((name, value) -> text.append("%-14s %s%n".formatted(name, value)));
    return text.toString();
  }
}
