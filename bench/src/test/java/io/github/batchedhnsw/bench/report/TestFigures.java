// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.report;

import static org.junit.Assert.assertEquals;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.Test;

public class TestFigures {

  @Test
  public void figuresAreTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertEquals("1,234.50", Figures.format("%,.2f", 1234.5));
      assertEquals("0.50 2.00", Figures.joined(new double[] {0.5, 2}));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  public void factsAreAlignedInTheirOrder() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("vectors", "5");
    facts.put("CPU", "two");
    assertEquals("vectors        5%nCPU            two%n".formatted(), Figures.lines(facts));
  }
}
