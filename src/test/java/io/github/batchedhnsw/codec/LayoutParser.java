// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;

/**
 * Reads a .vem and a .vex file byte by byte, as {@link HnswFileLayout} describes them, with no
 * decoder of Lucene's, and checks on the way whatever can be checked without a graph at hand.
 */
final class LayoutParser {

  /** One entry of the .vem file, with its lists: {@code neighbors[level][slot]}. */
  record Field(
      int number,
      int encoding,
      int similarity,
      long offset,
      long length,
      int dimension,
      int size,
      int maxConn,
      int[][] nodes,
      int[][][] neighbors) {}

  private final byte[] bytes;
  private int position;

  private LayoutParser(byte[] bytes) {
    this.bytes = bytes;
  }

  static byte[] read(Directory directory, String file) throws IOException {
    try (IndexInput in = directory.openInput(file, IOContext.READONCE)) {
      byte[] bytes = new byte[(int) in.length()];
      in.readBytes(bytes, 0, bytes.length);
      return bytes;
    }
  }

  /** The only file of the directory with the extension. */
  static String onlyFile(Directory directory, String extension) throws IOException {
    List<String> files =
        Arrays.stream(directory.listAll()).filter(f -> f.endsWith("." + extension)).toList();
    assertEquals(files.toString(), 1, files.size());
    return files.get(0);
  }

  /** The only file with the extension, without what names the segment: header and checksum. */
  static byte[] body(Directory directory, String extension) throws IOException {
    byte[] bytes = read(directory, onlyFile(directory, extension));
    int id = 4 + 1 + bytes[4] + 4;
    int suffix = id + 16;
    return Arrays.copyOfRange(bytes, suffix + 1 + bytes[suffix], bytes.length - 8);
  }

  static List<Field> parse(Directory directory, byte[] segmentId) throws IOException {
    String metaFile = onlyFile(directory, "vem");
    String suffix = metaFile.substring(metaFile.indexOf('_', 1) + 1, metaFile.indexOf('.'));
    LayoutParser meta = new LayoutParser(read(directory, metaFile));
    LayoutParser index = new LayoutParser(read(directory, onlyFile(directory, "vex")));
    meta.header("Lucene99HnswVectorsFormatMeta", segmentId, suffix);
    index.header("Lucene99HnswVectorsFormatIndex", segmentId, suffix);
    List<Field> fields = new ArrayList<>();
    for (int number = meta.int32(); number != -1; number = meta.int32()) {
      fields.add(field(number, meta, index));
    }
    meta.footer();
    index.footer(); // right behind the last field: no byte is unaccounted for
    return fields;
  }

  private static Field field(int number, LayoutParser meta, LayoutParser index) {
    int encoding = meta.int32();
    int similarity = meta.int32();
    long offset = meta.vlong();
    long length = meta.vlong();
    int dimension = meta.vint();
    int size = meta.int32();
    int maxConn = meta.vint();
    int levels = meta.vint();
    assertEquals("lists start where the field before ended", index.position, offset);
    int[][] nodes = new int[levels][];
    for (int level = 1; level < levels; level++) {
      nodes[level] = new int[meta.vint()];
      for (int i = 0; i < nodes[level].length; i++) {
        nodes[level][i] = (i == 0 ? 0 : nodes[level][i - 1]) + meta.vint();
      }
    }
    if (levels == 0) {
      assertEquals("no graph, no lists", 0, length);
      return new Field(
          number,
          encoding,
          similarity,
          offset,
          length,
          dimension,
          size,
          maxConn,
          nodes,
          new int[0][][]);
    }
    List<Long> positions = new ArrayList<>();
    int[][][] neighbors = new int[levels][][];
    for (int level = 0; level < levels; level++) {
      neighbors[level] = new int[level == 0 ? size : nodes[level].length][];
      for (int slot = 0; slot < neighbors[level].length; slot++) {
        positions.add(index.position - offset);
        int[] list = index.groupVarints(index.vint());
        for (int i = 1; i < list.length; i++) {
          assertTrue("not ascending", list[i] > 0);
          list[i] += list[i - 1];
        }
        neighbors[level][slot] = list;
      }
    }
    assertEquals("length of the lists", length, index.position - offset);
    long positionsStart = meta.int64();
    assertEquals(index.position, positionsStart);
    int blockShift = meta.vint();
    assertEquals(16, blockShift);
    for (int start = 0; start < positions.size(); start += 1 << blockShift) {
      List<Long> block =
          positions.subList(start, Math.min(positions.size(), start + (1 << blockShift)));
      long min = meta.int64();
      float slope = Float.intBitsToFloat(meta.int32());
      long blockOffset = meta.int64();
      int bits = meta.bytes[meta.position++];
      assertEquals(index.position, positionsStart + blockOffset);
      for (int i = 0; i < block.size(); i++) {
        long delta = index.packed(i, bits);
        assertEquals((long) block.get(i), min + (long) (slope * i) + delta);
      }
      index.position += packedLength(block.size(), bits);
    }
    assertEquals("length of the positions", meta.int64(), index.position - positionsStart);
    return new Field(
        number, encoding, similarity, offset, length, dimension, size, maxConn, nodes, neighbors);
  }

  private void header(String codec, byte[] segmentId, String suffix) {
    assertEquals("magic", 0x3FD76C17, bigEndianInt());
    assertEquals(codec, string());
    assertEquals("version", 1, bigEndianInt());
    assertArrayEquals("segment id", segmentId, take(16));
    assertEquals(suffix, new String(take(bytes[position++]), StandardCharsets.UTF_8));
  }

  private void footer() {
    assertEquals("nothing but the footer is left", bytes.length - 16, position);
    assertEquals("magic", ~0x3FD76C17, bigEndianInt());
    assertEquals("algorithm", 0, bigEndianInt());
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, position);
    long high = bigEndianInt() & 0xFFFFFFFFL;
    long low = bigEndianInt() & 0xFFFFFFFFL;
    assertEquals("checksum", crc.getValue(), high << 32 | low);
  }

  private byte[] take(int count) {
    position += count;
    return Arrays.copyOfRange(bytes, position - count, position);
  }

  private int uint8() {
    return bytes[position++] & 0xFF;
  }

  private int bigEndianInt() {
    return uint8() << 24 | uint8() << 16 | uint8() << 8 | uint8();
  }

  private int int32() {
    return uint8() | uint8() << 8 | uint8() << 16 | uint8() << 24;
  }

  private long int64() {
    return (int32() & 0xFFFFFFFFL) | (long) int32() << 32;
  }

  private long vlong() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      int b = uint8();
      value |= (b & 0x7FL) << shift;
      if (b < 128) {
        return value;
      }
    }
  }

  private int vint() {
    return Math.toIntExact(vlong());
  }

  private String string() {
    return new String(take(vint()), StandardCharsets.UTF_8);
  }

  /** Four at a time, their lengths in bytes in front; single ones at the end as vints. */
  private int[] groupVarints(int count) {
    int[] values = new int[count];
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      int lengths = uint8();
      for (int j = 0; j < 4; j++) {
        int length = (lengths >>> (6 - 2 * j) & 3) + 1;
        for (int b = 0; b < length; b++) {
          values[i + j] |= uint8() << 8 * b;
        }
      }
    }
    for (; i < count; i++) {
      values[i] = vint();
    }
    return values;
  }

  /** The i-th of the values of so many bits each, lowest bits first, from here on. */
  private long packed(int i, int bits) {
    long value = 0;
    for (int b = 0; b < bits; b++) {
      long bit = (long) i * bits + b;
      value |= (long) (bytes[position + (int) (bit >>> 3)] >>> (bit & 7) & 1) << b;
    }
    return value;
  }

  /** {@code DirectWriter} pads so that its reader may read whole words. */
  private static int packedLength(int count, int bits) {
    int word = bits > 32 ? 64 : bits > 16 ? 32 : bits > 8 ? 16 : bits;
    int padding = (word - bits + 7) / 8;
    return bits == 0 ? 0 : (int) (((long) count * bits + 7) / 8) + padding;
  }
}
