// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class TestVectorFiles {
  private static final float[][] ROWS = {{1, 2, 3}, {4, 5, 6}, {250, 8, 0}};

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void texmex() throws IOException {
    check("a.fvecs", texmex(Component.FLOAT32), false);
    check("a.bvecs", texmex(Component.UNSIGNED_BYTE), true);
    check("a.ivecs", texmex(Component.INT32), false);
  }

  @Test
  public void bigAnn() throws IOException {
    check("a.fbin", bigAnn(Component.FLOAT32), false);
    check("a.u8bin", bigAnn(Component.UNSIGNED_BYTE), true);
    check("a.ibin", bigAnn(Component.INT32), false);
  }

  @Test
  public void raw() throws IOException {
    byte[] bytes = components(Component.FLOAT32);
    check("a.vec", bytes, false);
    fails("b.vec", bytes, 0, "--dim");
    fails("c.vec", Arrays.copyOf(bytes, 30), 3, "at byte 24: expected a whole vector of 3 floats");
  }

  @Test
  public void npy() throws IOException {
    check("a.npy", npy("<f4", Component.FLOAT32), false);
    check("b.npy", npy("<f8", Component.FLOAT64), false);
    check("c.npy", npy("|u1", Component.UNSIGNED_BYTE), true);
    fails("d.npy", npy(">f4", Component.FLOAT32), 0, "expected <f4");
    fails("e.npy", new byte[20], 0, "NumPy magic");
  }

  @Test
  public void idx() throws IOException {
    check("a.gz", gzip(idx(2050, 3)), true);
    fails("b.gz", gzip(idx(2049, 3)), 0, "IDX magic number");
    fails("c.gz", gzip(idx(2050, 4)), 0, "at byte 21: expected 3 bytes of vector 3 of 4, found 0");
    fails("d.gz", gzip(idx(2050, 2)), 0, "expected the end of the file after 2 vectors");
  }

  @Test
  public void hdf5() throws IOException {
    Path file = folder.newFile("a.hdf5").toPath();
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      hdf.putDataset("train", ROWS);
      hdf.putDataset("test", new float[][] {{7, 7, 7}});
    }
    VectorFiles.Loaded loaded = VectorFiles.read(file, 0, 2);
    assertArrayEquals(Arrays.copyOf(ROWS, 2), loaded.vectors().rows());
    assertArrayEquals(new float[][] {{7, 7, 7}}, loaded.queries().rows());
    fails("b.hdf5", new byte[100], 0, "b.hdf5");
  }

  @Test
  public void truncatedFilesNameOffsetAndExpectation() throws IOException {
    byte[] fvecs = texmex(Component.FLOAT32);
    fails(
        "a.fvecs",
        Arrays.copyOf(fvecs, fvecs.length - 1),
        0,
        "a.fvecs: at byte 36: expected 12 bytes of vector 2, found 11");
    byte[] mixed = fvecs.clone();
    mixed[16] = 2;
    fails("b.fvecs", mixed, 0, "at byte 20: expected dimension 3 before vector 1 as for the first");
    fails("c.fvecs", new byte[8], 0, "expected a dimension in 1..");
    byte[] fbin = bigAnn(Component.FLOAT32);
    fails("a.fbin", Arrays.copyOf(fbin, 30), 0, "at byte 20: expected 12 bytes of vector 1 of 3");
    fails("b.fbin", Arrays.copyOf(fbin, fbin.length + 1), 0, "expected the end of the file");
    fails("a.fbin.txt", fbin, 0, "unknown kind of file");
  }

  @Test
  public void aLimitReadsTheFirstVectors() throws IOException {
    Path file = write("a.fbin", bigAnn(Component.FLOAT32));
    assertArrayEquals(Arrays.copyOf(ROWS, 2), VectorFiles.read(file, 0, 2).vectors().rows());
  }

  @Test
  public void windowsAreCutOutOfImages() {
    float[] image = new float[28 * 28];
    for (int i = 0; i < image.length; i++) {
      image[i] = i;
    }
    VectorFiles.Images images =
        new VectorFiles.Images(new FloatVectors(new float[][] {image, image.clone()}), 28, 28);
    FloatVectors windows = ImageWindows.cut(images, 50);
    assertEquals(196, windows.dimension());
    assertEquals(7 * 28 + 7, windows.rows()[0][0], 0);
    assertEquals(27 * 28 + 27, windows.rows()[49][195], 0);
    assertThrows(IllegalArgumentException.class, () -> ImageWindows.cut(images, 51));
  }

  private void check(String name, byte[] bytes, boolean unsignedBytes) throws IOException {
    VectorFiles.Loaded loaded = VectorFiles.read(write(name, bytes), 3, Integer.MAX_VALUE);
    assertArrayEquals(name, ROWS, loaded.vectors().rows());
    assertEquals(name, unsignedBytes, loaded.unsignedBytes());
  }

  private void fails(String name, byte[] bytes, int dimension, String message) throws IOException {
    Path file = write(name, bytes);
    IOException error =
        assertThrows(IOException.class, () -> VectorFiles.read(file, dimension, Integer.MAX_VALUE));
    assertTrue(error.getMessage(), error.getMessage().contains(message));
    assertTrue(error.getMessage(), error.getMessage().contains(name));
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.getRoot().toPath().resolve(name), bytes);
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private static void put(ByteBuffer buffer, Component component, float[] row) {
    for (float value : row) {
      switch (component) {
        case FLOAT32 -> buffer.putFloat(value);
        case FLOAT64 -> buffer.putDouble(value);
        case INT32 -> buffer.putInt((int) value);
        case SIGNED_BYTE, UNSIGNED_BYTE -> buffer.put((byte) (int) value);
      }
    }
  }

  private static byte[] texmex(Component component) {
    ByteBuffer buffer = buffer();
    for (float[] row : ROWS) {
      put(buffer.putInt(3), component, row);
    }
    return bytes(buffer);
  }

  private static byte[] components(Component component) {
    ByteBuffer buffer = buffer();
    for (float[] row : ROWS) {
      put(buffer, component, row);
    }
    return bytes(buffer);
  }

  private static byte[] bigAnn(Component component) {
    return bytes(buffer().putInt(3).putInt(3).put(components(component)));
  }

  private static byte[] npy(String type, Component component) {
    String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (3, 3), }\n";
    return bytes(
        buffer()
            .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
            .putShort((short) header.length())
            .put(header.getBytes(StandardCharsets.US_ASCII))
            .put(components(component)));
  }

  private static byte[] idx(int magic, int count) {
    return bytes(
        buffer()
            .order(ByteOrder.BIG_ENDIAN)
            .putInt(magic)
            .putInt(count)
            .putInt(3)
            .put(components(Component.UNSIGNED_BYTE)));
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
