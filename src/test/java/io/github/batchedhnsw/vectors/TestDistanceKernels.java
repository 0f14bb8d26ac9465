// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.Constants;

/** The choice of an implementation; what they compute is in the tests of the three jobs. */
public class TestDistanceKernels extends LuceneTestCase {

  public void testBestIsPanamaWhereItCanRun() {
    String name = DistanceKernels.best().name();
    if (KernelTestCase.hasVectorModule() && Constants.HAS_FAST_VECTOR_FMA) {
      var options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      int bytes = Integer.parseInt(options.getVMOption("MaxVectorSize").getValue());
      assertEquals("panama-" + bytes * Byte.SIZE, name);
    } else {
      assertEquals("scalar", name);
    }
    assertSame(DistanceKernels.best(), DistanceKernels.best());
  }
}
