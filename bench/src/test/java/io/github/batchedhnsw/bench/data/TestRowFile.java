// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class TestRowFile {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void floatsComeBackInAnyOrder() throws IOException {
    float[][] rows = {{1, -2.5f, 3e-9f}, {4, 5, Float.MAX_VALUE}, {-0f, 8, 9}};
    Path path = folder.newFile().toPath();
    RowFile.write(new FloatVectors(rows), path);
    try (RowFile file = new RowFile(path, VectorEncoding.FLOAT32, 3)) {
      assertEquals(3, file.count());
      KnnFloatVectorField field =
          (KnnFloatVectorField) file.newField("vector", VectorSimilarityFunction.EUCLIDEAN);
      for (int row : new int[] {2, 0, 1, 1}) {
        file.setField(field, row);
        assertArrayEquals(rows[row], field.vectorValue(), 0);
      }
      assertArrayEquals(rows, ((FloatVectors) file.load()).rows());
      EOFException e = assertThrows(EOFException.class, () -> file.setField(field, 3));
      assertTrue(e.getMessage(), e.getMessage().endsWith("row must be in [0, 3); row=3"));
    }
  }

  @Test
  public void bytesComeBack() throws IOException {
    byte[][] rows = {{1, -128}, {127, 0}};
    Path path = folder.newFile().toPath();
    RowFile.write(new ByteVectors(rows), path);
    try (RowFile file = new RowFile(path, VectorEncoding.BYTE, 2)) {
      KnnByteVectorField field =
          (KnnByteVectorField) file.newField("vector", VectorSimilarityFunction.EUCLIDEAN);
      file.setField(field, 1);
      assertArrayEquals(rows[1], field.vectorValue());
      assertArrayEquals(rows, ((ByteVectors) file.load()).rows());
    }
  }

  @Test
  public void partsOfRowsAreRefused() throws IOException {
    Path path = folder.newFile().toPath();
    Files.write(path, new byte[17]);
    IOException e =
        assertThrows(IOException.class, () -> new RowFile(path, VectorEncoding.FLOAT32, 4));
    assertTrue(e.getMessage(), e.getMessage().contains("expected a multiple of 16 bytes"));
    assertTrue(e.getMessage(), e.getMessage().endsWith("found 17 bytes"));
  }
}
