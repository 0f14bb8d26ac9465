// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Fields share files as they do with stock, or better; whatever Lucene runs. */
public class TestFileSets extends LuceneTestCase {

  /** Files of a segment that was merged from two, all of whose fields can be read. */
  private static int files(Codec codec, int fields) throws IOException {
    try (Directory directory = newDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, Indexes.config(codec))) {
        for (int id = 0; id < 20; id++) {
          Document document = Indexes.document(id);
          for (int field = 0; field < fields; field++) {
            document.add(new KnnFloatVectorField("f" + field, new float[] {id, field}));
          }
          writer.addDocument(document);
          if (id == 10) {
            writer.flush();
          }
        }
        writer.forceMerge(1);
      }
      Indexes.check(directory);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        LeafReader leaf = getOnlyLeafReader(reader);
        for (int field = 0; field < fields; field++) {
          assertArrayEquals(
              new float[] {19, field}, leaf.getFloatVectorValues("f" + field).vectorValue(19), 0f);
        }
      }
      return (int) List.of(directory.listAll()).stream().filter(f -> f.startsWith("_")).count();
    }
  }

  /** Stock formats that make a new instance of themselves, plain and quantized. */
  private static List<Supplier<KnnVectorsFormat>> stocks() {
    List<Supplier<KnnVectorsFormat>> stocks = new ArrayList<>();
    for (String name :
        new String[] {
          "Lucene99HnswVectorsFormat",
          "Lucene99HnswScalarQuantizedVectorsFormat",
          "Lucene102HnswBinaryQuantizedVectorsFormat",
          "Lucene104HnswScalarQuantizedVectorsFormat"
        }) {
      if (KnnVectorsFormat.availableKnnVectorsFormats().contains(name)) {
        Supplier<KnnVectorsFormat> stock = () -> newInstance(KnnVectorsFormat.forName(name));
        if (replacement(BatchedHnswCodec.wrap(Indexes.anyCodec(stock.get())))
            instanceof BatchedHnswFormat) {
          stocks.add(stock);
        }
      }
    }
    return stocks;
  }

  private static KnnVectorsFormat newInstance(KnnVectorsFormat format) {
    try {
      return format.getClass().getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static KnnVectorsFormat replacement(Codec codec) {
    return ((PerFieldKnnVectorsFormat) codec.knnVectorsFormat()).getKnnVectorsFormatForField("f");
  }

  public void testAsManyFilesAsStock() throws IOException {
    List<Supplier<KnnVectorsFormat>> stocks = stocks();
    assertFalse(stocks.isEmpty());
    for (Supplier<KnnVectorsFormat> stock : stocks) {
      KnnVectorsFormat one = stock.get();
      Codec sameInstance = Indexes.perField(field -> one);
      Codec newInstances = Indexes.perField(field -> stock.get());
      int fewest = files(sameInstance, 1);
      for (int fields : new int[] {1, 12, 100}) {
        assertEquals(fewest, files(sameInstance, fields));
        assertEquals(one + " " + fields, fewest, files(wrap(sameInstance), fields));
        assertEquals(one + " " + fields, fewest, files(wrap(newInstances), fields));
      }
      assertTrue(files(newInstances, 12) > fewest);
    }
  }

  private static Codec wrap(Codec codec) {
    return BatchedHnswCodec.wrap(codec);
  }

  /** Fields with other parameters have files of their own, as the graph's M is that of the file. */
  public void testOtherParametersHaveOtherFiles() throws IOException {
    List<KnnVectorsFormat> two =
        List.of(new Lucene99HnswVectorsFormat(5, 50), new Lucene99HnswVectorsFormat(6, 50));
    int stock = files(Indexes.perField(field -> two.get(field.hashCode() & 1)), 12);
    assertEquals(stock, files(wrap(Indexes.perField(field -> two.get(field.hashCode() & 1))), 12));
    Codec newInstances =
        Indexes.perField(field -> new Lucene99HnswVectorsFormat(5 + (field.hashCode() & 1), 50));
    assertEquals(stock, files(wrap(newInstances), 12));
    assertTrue(stock > files(Indexes.perField(field -> two.get(0)), 12));
  }

  public void testEqualParametersAreEqual() {
    BuildOptions heard = BuildOptions.DEFAULT.withListener(new BuildListener() {});
    List<KnnVectorsFormat> different =
        List.of(
            new BatchedHnswVectorsFormat(),
            new BatchedHnswVectorsFormat(5, 100),
            new BatchedHnswVectorsFormat(16, 50),
            new BatchedHnswVectorsFormat(16, 100, heard, 100));
    for (KnnVectorsFormat a : different) {
      for (KnnVectorsFormat b : different) {
        assertEquals(a == b, a.equals(b));
      }
    }
    KnnVectorsFormat again = new BatchedHnswVectorsFormat(16, 100, heard, 100);
    assertEquals(different.get(3), again);
    assertEquals(different.get(3).hashCode(), again.hashCode());
    assertNotEquals(again, new Lucene99HnswVectorsFormat());
  }
}
