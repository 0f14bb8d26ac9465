// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Rows of a flat file are what Lucene reads from it. */
public class TestFileRows extends LuceneTestCase {
  private static final int SIZE = 100;

  public void testRowsOfFiles() throws IOException {
    int dimension = random().nextInt(1, 200);
    float[][] floats = VectorData.uniform(random(), SIZE, dimension);
    byte[][] bytes = VectorData.bytes(random(), SIZE, dimension);
    try (Directory directory = newDirectory()) {
      try (IndexWriter writer =
          new IndexWriter(directory, newIndexWriterConfig().setCodec(TestUtil.getDefaultCodec()))) {
        for (int i = 0; i < SIZE; i++) {
          Document document = new Document();
          document.add(new KnnFloatVectorField("floats", floats[i]));
          document.add(new KnnByteVectorField("bytes", bytes[i]));
          writer.addDocument(document);
        }
        writer.forceMerge(1);
      }
      try (IndexReader reader = DirectoryReader.open(directory)) {
        LeafReader leaf = getOnlyLeafReader(reader);
        FloatVectorValues floatValues = leaf.getFloatVectorValues("floats");
        Rows<float[]> floatRows = FileRows.open(floatValues);
        assertTrue(floatRows.getClass().getName(), floatRows instanceof FileRows);
        ByteVectorValues byteValues = leaf.getByteVectorValues("bytes");
        Rows<byte[]> byteRows = FileRows.open(byteValues);
        assertTrue(byteRows.getClass().getName(), byteRows instanceof FileRows);
        for (int repeat = 0; repeat < 300; repeat++) {
          int ordinal = random().nextInt(SIZE);
          int offset = random().nextInt(5);
          assertArrayEquals(floatValues.vectorValue(ordinal), floatRows.row(ordinal), 0f);
          assertArrayEquals(byteValues.vectorValue(ordinal), byteRows.row(ordinal));
          int other = random().nextInt(SIZE);
          float[] floatCopy = new float[offset + dimension];
          floatRows.copy(other, floatCopy, offset);
          byte[] byteCopy = new byte[offset + dimension];
          byteRows.copy(other, byteCopy, offset);
          for (int k = 0; k < dimension; k++) {
            assertEquals(floatValues.vectorValue(other)[k], floatCopy[offset + k], 0f);
            assertEquals(byteValues.vectorValue(other)[k], byteCopy[offset + k]);
          }
          // Copying another row does not change the one that was read last.
          assertArrayEquals(floatValues.vectorValue(ordinal), floatRows.row(ordinal), 0f);
        }
      }
    }
  }

  public void testRowsOfOtherValues() throws IOException {
    List<float[]> vectors = List.of(new float[] {1, 2}, new float[] {3, 4});
    Rows<float[]> rows = FileRows.open(FloatVectorValues.fromFloats(vectors, 2));
    assertFalse(rows instanceof FileRows);
    float[] copy = new float[3];
    rows.copy(1, copy, 1);
    assertArrayEquals(new float[] {0, 3, 4}, copy, 0f);
  }
}
