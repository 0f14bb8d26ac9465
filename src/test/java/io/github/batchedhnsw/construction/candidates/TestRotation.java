// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.VectorData;
import java.util.Arrays;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Rotations keep lengths and products, and mix components. */
public class TestRotation extends LuceneTestCase {

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static float[] rotated(Rotation rotation, float[] vector) {
    int offset = random().nextInt(5);
    float[] values = new float[offset + vector.length + 3];
    System.arraycopy(vector, 0, values, offset, vector.length);
    rotation.apply(values, offset);
    for (int i = 0; i < values.length; i++) {
      assertTrue(i >= offset && i < offset + vector.length || values[i] == 0);
    }
    return Arrays.copyOfRange(values, offset, offset + vector.length);
  }

  public void testKeepsLengthsAndProducts() {
    for (int dimension : new int[] {1, 2, 3, 7, 8, 31, 64, 100, 127, 384, 768, 1000}) {
      Rotation rotation = new Rotation(dimension, random().nextLong());
      float[][] vectors = VectorData.normalized(random(), 10, dimension);
      for (int i = 0; i < vectors.length; i++) {
        for (int j = 0; j <= i; j++) {
          assertEquals(
              "dimension " + dimension,
              product(vectors[i], vectors[j]),
              product(rotated(rotation, vectors[i]), rotated(rotation, vectors[j])),
              1e-4);
        }
      }
    }
  }

  public void testSeed() {
    float[] vector = VectorData.normalized(random(), 1, 96)[0];
    float[] rotated = rotated(new Rotation(96, 5), vector);
    assertArrayEquals(rotated, rotated(new Rotation(96, 5), vector), 0);
    assertFalse(Arrays.equals(rotated, rotated(new Rotation(96, 6), vector)));
  }

  /** The axes of the data are nothing special afterwards. */
  public void testMixes() {
    for (int dimension : new int[] {64, 100, 127, 129, 384}) {
      Rotation rotation = new Rotation(dimension, random().nextLong());
      float[] axis = new float[dimension];
      axis[random().nextInt(dimension)] = 1;
      float largest = 0;
      for (float component : rotated(rotation, axis)) {
        largest = Math.max(largest, Math.abs(component));
      }
      // Components would be normal with a deviation of 1 / sqrt(length); 6 of them never occur.
      double bound = 6 / Math.sqrt(Integer.highestOneBit(dimension));
      assertTrue("dimension " + dimension + ": " + largest, largest < bound);
    }
  }
}
