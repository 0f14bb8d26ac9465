// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** The choice of an implementation; what they compute is in the tests of the three jobs. */
public class TestDistanceKernels extends LuceneTestCase {

  public void testBestIsPanamaWhereItCanRun() {
    String name = DistanceKernels.best().name();
    if (KernelTestCase.hasVectorModule() && FusedMultiplyAdd.IS_FAST) {
      var options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      int bytes = Integer.parseInt(options.getVMOption("MaxVectorSize").getValue());
      assertEquals("panama-" + bytes * Byte.SIZE, name);
    } else {
      assertEquals(new ScalarKernels().name(), name);
    }
  }

  /**
   * The name tells whether multiply-adds are fused, which this product shows: rounded to a float,
   * it loses its last bit.
   */
  public void testScalarTellsWhetherItIsFused() {
    float factor = 1 + 0x1p-12f;
    float rounded = 1 + 0x1p-11f;
    assertEquals(rounded, factor * factor, 0f);
    float lost = ScalarKernels.fma(factor, factor, -rounded);
    String name = new ScalarKernels().name();
    if (name.equals("scalar")) {
      assertEquals(0x1p-24f, lost, 0f);
    } else {
      assertEquals("scalar-unfused", name);
      assertEquals(0f, lost, 0f);
    }
    assertEquals("fused where the processor can do it", FusedMultiplyAdd.IS_FAST, lost != 0);
  }
}
