// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.jmh;

import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one core can do at most: fused multiply-adds (FMA) on registers in twelve independent
 * chains. One operation is one vector FMA, which is 2 x lanes floating point operations.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class PeakBenchmark {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int STEPS = 1 << 14;
  private static final int CHAINS = 12;

  /** Twelve chains of FMAs. */
  @Benchmark
  @OperationsPerInvocation(STEPS * CHAINS)
  public FloatVector fma() {
    FloatVector factor = FloatVector.broadcast(FLOATS, 0.999f);
    FloatVector term = FloatVector.broadcast(FLOATS, 1.5f);
    FloatVector s0 = term, s1 = term, s2 = term, s3 = term, s4 = term, s5 = term;
    FloatVector s6 = term, s7 = term, s8 = term, s9 = term, s10 = term, s11 = term;
    for (int i = 0; i < STEPS; i++) {
      s0 = s0.fma(factor, term);
      s1 = s1.fma(factor, term);
      s2 = s2.fma(factor, term);
      s3 = s3.fma(factor, term);
      s4 = s4.fma(factor, term);
      s5 = s5.fma(factor, term);
      s6 = s6.fma(factor, term);
      s7 = s7.fma(factor, term);
      s8 = s8.fma(factor, term);
      s9 = s9.fma(factor, term);
      s10 = s10.fma(factor, term);
      s11 = s11.fma(factor, term);
    }
    FloatVector left = s0.add(s1).add(s2.add(s3)).add(s4.add(s5));
    return left.add(s6.add(s7)).add(s8.add(s9)).add(s10.add(s11));
  }
}
