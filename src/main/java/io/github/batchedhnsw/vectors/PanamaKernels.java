package io.github.batchedhnsw.vectors;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link DistanceKernels} on the JDK's vector module, in the lane width that the JVM prefers. The
 * only class that imports the incubator module; it is loaded only where the module is present.
 */
public final class PanamaKernels implements DistanceKernels {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();

  // Bytes are widened to shorts, in which their products fit, and summed as ints.
  private static final VectorShape SHAPE = FLOATS.vectorShape();
  private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);
  private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, SHAPE);
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, SHAPE.vectorBitSize() / 2)));
  private static final int BYTE_STEP = SHORTS.length();

  @Override
  public String name() {
    return "panama-" + SHAPE.vectorBitSize();
  }

  @Override
  public float dot(float[] a, float[] b) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    int i = 0;
    for (int bound = a.length - 4 * LANES; i <= bound; i += 4 * LANES) {
      s0 = load(a, i).fma(load(b, i), s0);
      s1 = load(a, i + LANES).fma(load(b, i + LANES), s1);
      s2 = load(a, i + 2 * LANES).fma(load(b, i + 2 * LANES), s2);
      s3 = load(a, i + 3 * LANES).fma(load(b, i + 3 * LANES), s3);
    }
    for (int bound = a.length - LANES; i <= bound; i += LANES) {
      s0 = load(a, i).fma(load(b, i), s0);
    }
    float sum = s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    for (; i < a.length; i++) {
      sum = Math.fma(a[i], b[i], sum);
    }
    return sum;
  }

  @Override
  public void dot4(
      float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] out) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    int i = 0;
    for (int bound = FLOATS.loopBound(query.length); i < bound; i += LANES) {
      FloatVector q = load(query, i);
      s0 = load(row0, i).fma(q, s0);
      s1 = load(row1, i).fma(q, s1);
      s2 = load(row2, i).fma(q, s2);
      s3 = load(row3, i).fma(q, s3);
    }
    float r0 = s0.reduceLanes(VectorOperators.ADD);
    float r1 = s1.reduceLanes(VectorOperators.ADD);
    float r2 = s2.reduceLanes(VectorOperators.ADD);
    float r3 = s3.reduceLanes(VectorOperators.ADD);
    for (; i < query.length; i++) {
      r0 = Math.fma(query[i], row0[i], r0);
      r1 = Math.fma(query[i], row1[i], r1);
      r2 = Math.fma(query[i], row2[i], r2);
      r3 = Math.fma(query[i], row3[i], r3);
    }
    out[0] = r0;
    out[1] = r1;
    out[2] = r2;
    out[3] = r3;
  }

  @Override
  public void squareDistance4(
      float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] out) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    int i = 0;
    for (int bound = FLOATS.loopBound(query.length); i < bound; i += LANES) {
      FloatVector q = load(query, i);
      FloatVector d0 = load(row0, i).sub(q);
      FloatVector d1 = load(row1, i).sub(q);
      FloatVector d2 = load(row2, i).sub(q);
      FloatVector d3 = load(row3, i).sub(q);
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
      s2 = d2.fma(d2, s2);
      s3 = d3.fma(d3, s3);
    }
    float r0 = s0.reduceLanes(VectorOperators.ADD);
    float r1 = s1.reduceLanes(VectorOperators.ADD);
    float r2 = s2.reduceLanes(VectorOperators.ADD);
    float r3 = s3.reduceLanes(VectorOperators.ADD);
    for (; i < query.length; i++) {
      float d0 = row0[i] - query[i];
      float d1 = row1[i] - query[i];
      float d2 = row2[i] - query[i];
      float d3 = row3[i] - query[i];
      r0 = Math.fma(d0, d0, r0);
      r1 = Math.fma(d1, d1, r1);
      r2 = Math.fma(d2, d2, r2);
      r3 = Math.fma(d3, d3, r3);
    }
    out[0] = r0;
    out[1] = r1;
    out[2] = r2;
    out[3] = r3;
  }

  @Override
  public int dot(byte[] a, byte[] b) {
    IntVector sum = IntVector.zero(INTS);
    int i = 0;
    for (int bound = BYTES.loopBound(a.length); i < bound; i += BYTE_STEP) {
      ShortVector product = widen(a, i).mul(widen(b, i));
      sum = sum.add(lowHalf(product)).add(highHalf(product));
    }
    int result = sum.reduceLanes(VectorOperators.ADD);
    for (; i < a.length; i++) {
      result += a[i] * b[i];
    }
    return result;
  }

  @Override
  public int squareDistance(byte[] a, byte[] b) {
    IntVector sum = IntVector.zero(INTS);
    int i = 0;
    for (int bound = BYTES.loopBound(a.length); i < bound; i += BYTE_STEP) {
      ShortVector difference = widen(a, i).sub(widen(b, i));
      IntVector low = lowHalf(difference);
      IntVector high = highHalf(difference);
      sum = sum.add(low.mul(low)).add(high.mul(high));
    }
    int result = sum.reduceLanes(VectorOperators.ADD);
    for (; i < a.length; i++) {
      int d = a[i] - b[i];
      result += d * d;
    }
    return result;
  }

  private static FloatVector load(float[] array, int offset) {
    return FloatVector.fromArray(FLOATS, array, offset);
  }

  private static ShortVector widen(byte[] array, int offset) {
    return (ShortVector)
        ByteVector.fromArray(BYTES, array, offset).convertShape(VectorOperators.B2S, SHORTS, 0);
  }

  private static IntVector lowHalf(ShortVector shorts) {
    return (IntVector) shorts.convertShape(VectorOperators.S2I, INTS, 0);
  }

  private static IntVector highHalf(ShortVector shorts) {
    return (IntVector) shorts.convertShape(VectorOperators.S2I, INTS, 1);
  }
}
