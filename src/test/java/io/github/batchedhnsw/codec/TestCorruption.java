// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;

import com.carrotsearch.randomizedtesting.annotations.Name;
import com.carrotsearch.randomizedtesting.annotations.ParametersFactory;
import com.carrotsearch.randomizedtesting.annotations.Timeout;
import io.github.batchedhnsw.VectorData;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.store.MockDirectoryWrapper;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/**
 * Damaged files of ours are noticed where stock's own are: the same damage to an index that stock
 * Lucene wrote has the same consequences. Nothing hangs. With float vectors it is the files of the
 * graph that are damaged, with quantized ones also those of the quantized vectors.
 */
@Timeout(millis = 120_000)
public class TestCorruption extends LuceneTestCase {
  private static final int DIMENSION = 4;

  private final Codec oursCodec;
  private final Codec stockCodec;
  private final List<String> extensions;
  private float[][] vectors;
  private Map<String, byte[]> ours;
  private Map<String, byte[]> stock;

  /** What comes of a damage, in the order in which it may be noticed. */
  private enum Noticed {
    WHEN_OPENED,
    WHEN_CHECKED,
    NEVER
  }

  /** With float vectors, or with quantized ones if there is an encoding. */
  public TestCorruption(@Name("encoding") ScalarEncoding encoding) {
    if (encoding == null) {
      oursCodec = Indexes.codec(Indexes.ours());
      stockCodec = Indexes.stock();
      extensions = List.of("vem", "vex");
    } else {
      oursCodec = Indexes.anyCodec(QuantizedIndexes.ours(encoding, GraphVectors.RAW));
      stockCodec = Indexes.anyCodec(QuantizedIndexes.stock(encoding));
      extensions = List.of("vem", "vex", "vemq", "veq");
    }
  }

  @ParametersFactory
  public static Iterable<Object[]> encodings() {
    return Stream.of(
            null,
            ScalarEncoding.SINGLE_BIT_QUERY_NIBBLE,
            ScalarEncoding.PACKED_NIBBLE,
            ScalarEncoding.UNSIGNED_BYTE)
        .map(encoding -> new Object[] {encoding})
        .toList();
  }

  @Override
  public void setUp() throws Exception {
    super.setUp();
    vectors = VectorData.uniform(random(), 600, DIMENSION);
    ours = write(oursCodec);
    stock = write(stockCodec);
  }

  /** The files of an index with two segments. */
  private Map<String, byte[]> write(Codec codec) throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    try (Directory dir = new ByteBuffersDirectory()) {
      try (IndexWriter writer = new IndexWriter(dir, Indexes.config(codec))) {
        for (int i = 0; i < vectors.length; i++) {
          writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
          if (i == vectors.length / 2) {
            writer.flush();
          }
        }
      }
      for (String file : dir.listAll()) {
        files.put(file, LayoutParser.read(dir, file));
      }
    }
    return files;
  }

  private static String file(Map<String, byte[]> files, String extension) {
    return files.keySet().stream()
        .filter(name -> name.startsWith("_0") && name.endsWith("." + extension))
        .findAny()
        .orElseThrow();
  }

  private static Directory directory(Map<String, byte[]> files, String file, byte[] damaged)
      throws IOException {
    Directory dir = new ByteBuffersDirectory();
    for (Map.Entry<String, byte[]> entry : files.entrySet()) {
      byte[] bytes = entry.getKey().equals(file) ? damaged : entry.getValue();
      try (IndexOutput out = dir.createOutput(entry.getKey(), IOContext.DEFAULT)) {
        out.writeBytes(bytes, bytes.length);
      }
    }
    return dir;
  }

  /** Opens, searches and checks an index with a damaged file, and tries to merge it. */
  private Noticed damage(Map<String, byte[]> files, String file, byte[] damaged)
      throws IOException {
    Noticed noticed = read(files, file, damaged);
    MockDirectoryWrapper dir = new MockDirectoryWrapper(random(), directory(files, file, damaged));
    dir.setCheckIndexOnClose(false);
    dir.setAssertNoUnrefencedFilesOnClose(false);
    IndexWriter writer = new IndexWriter(dir, Indexes.config(oursCodec));
    if (noticed == Noticed.NEVER) {
      writer.forceMerge(1);
    } else {
      Throwable thrown = expectThrows(IOException.class, () -> writer.forceMerge(1));
      while (thrown.getCause() != null) {
        thrown = thrown.getCause();
      }
      assertTrue(thrown.toString(), isReport(thrown));
    }
    writer.rollback();
    for (String each : files.keySet()) {
      assertTrue(each + " is gone", Arrays.asList(dir.listAll()).contains(each));
    }
    dir.close(); // fails on open files
    return noticed;
  }

  private static Noticed read(Map<String, byte[]> files, String file, byte[] damaged)
      throws IOException {
    MockDirectoryWrapper dir = new MockDirectoryWrapper(random(), directory(files, file, damaged));
    dir.setCheckIndexOnClose(false);
    dir.setAssertNoUnrefencedFilesOnClose(false);
    Noticed noticed = Noticed.NEVER;
    try (DirectoryReader reader = DirectoryReader.open(dir)) {
      try {
        for (LeafReaderContext leaf : reader.leaves()) {
          ((CodecReader) leaf.reader()).getVectorReader().checkIntegrity();
        }
      } catch (CorruptIndexException e) {
        noticed = Noticed.WHEN_CHECKED;
      }
      try {
        IndexSearcher searcher = new IndexSearcher(reader);
        searcher.search(new KnnFloatVectorQuery(Indexes.FIELD, new float[DIMENSION], 20), 20);
      } catch (RuntimeException | IOException | AssertionError e) {
        assertNotEquals("an intact index cannot be searched: " + e, Noticed.NEVER, noticed);
      }
    } catch (IOException e) {
      assertTrue(e.toString(), isReport(e));
      noticed = Noticed.WHEN_OPENED;
    }
    dir.close();
    return noticed;
  }

  private static boolean isReport(Throwable thrown) {
    return thrown instanceof CorruptIndexException
        || thrown instanceof EOFException
        || thrown instanceof IndexFormatTooNewException
        || thrown instanceof IndexFormatTooOldException;
  }

  /** Cut off anywhere, or with something behind the end. */
  public void testLength() throws IOException {
    for (String extension : extensions) {
      String ourFile = file(ours, extension);
      String stockFile = file(stock, extension);
      List<Integer> lengths = new ArrayList<>(List.of(0, 1, 4, 15, 16, 17));
      for (int i = 0; i < atLeast(15); i++) {
        lengths.add(random().nextInt(ours.get(ourFile).length));
      }
      lengths.add(ours.get(ourFile).length - 1);
      lengths.add(ours.get(ourFile).length + 1);
      for (int length : lengths) {
        byte[] ourDamage = Arrays.copyOf(ours.get(ourFile), length);
        int stockLength =
            length - (length > 100 ? ours.get(ourFile).length - stock.get(stockFile).length : 0);
        byte[] stockDamage = Arrays.copyOf(stock.get(stockFile), Math.max(0, stockLength));
        String message = extension + " of " + length + " bytes";
        assertEquals(message, Noticed.WHEN_OPENED, damage(ours, ourFile, ourDamage));
        assertEquals(message, Noticed.WHEN_OPENED, damage(stock, stockFile, stockDamage));
      }
    }
  }

  /** A bit that is another one, at the beginning, in the middle and at the end. */
  public void testFlippedBits() throws IOException {
    for (String extension : extensions) {
      String ourFile = file(ours, extension);
      String stockFile = file(stock, extension);
      int length = ours.get(ourFile).length;
      List<Integer> positions = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        positions.add(i); // the header
        positions.add(-i - 1); // the footer
      }
      for (int i = 0; i < atLeast(30); i++) {
        positions.add(random().nextInt(100, length - 16)); // the body
      }
      for (int position : positions) {
        int bit = 1 << random().nextInt(8);
        Noticed expected = damage(stock, stockFile, flip(stock.get(stockFile), position, bit));
        Noticed noticed = damage(ours, ourFile, flip(ours.get(ourFile), position, bit));
        String message = extension + ", byte " + position + ", bit " + bit;
        assertEquals(message, expected, noticed);
        assertNotEquals(message, Noticed.NEVER, noticed);
      }
    }
  }

  /** From the end where negative; the body of the other file may be shorter. */
  private static byte[] flip(byte[] file, int position, int bit) {
    byte[] flipped = file.clone();
    int at = position < 0 ? flipped.length + position : Math.min(position, flipped.length - 17);
    flipped[at] ^= (byte) bit;
    return flipped;
  }

  public void testUndamaged() throws IOException {
    for (String extension : extensions) {
      String ourFile = file(ours, extension);
      assertEquals(Noticed.NEVER, damage(ours, ourFile, ours.get(ourFile)));
    }
  }

  /** Two files of other segments, each of them whole. */
  public void testExchangedFiles() throws IOException {
    for (String extension : extensions) {
      String ourFile = file(ours, extension);
      byte[] other = ours.get(ourFile.replace("_0_", "_1_"));
      assertNotNull(other);
      assertEquals(Noticed.WHEN_OPENED, damage(ours, ourFile, other));
    }
  }
}
