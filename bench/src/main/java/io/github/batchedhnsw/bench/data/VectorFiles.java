// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Readers of vector files, chosen by the end of the file's name. A file that is truncated or does
 * not match its header is refused with an {@link IOException} that names file, offset and
 * expectation.
 *
 * <ul>
 *   <li>{@code .fvecs .bvecs .ivecs}: per vector a little-endian int dimension, then floats,
 *       unsigned bytes or ints (corpus-texmex.irisa.fr)
 *   <li>{@code .fbin .u8bin .ibin}: int count, int dimension, then all components
 *       (big-ann-benchmarks)
 *   <li>{@code .vec}: little-endian floats and nothing else, the dimension is told (luceneutil)
 *   <li>{@code .hdf5}: datasets {@code train} and {@code test} (ann-benchmarks)
 *   <li>{@code .gz}: gzip of IDX with unsigned bytes, each item a vector (MNIST)
 *   <li>{@code .npy .npy.gz}: two-dimensional, C order, {@code <f4 <f8 <i4 |u1 |i1} (NumPy)
 * </ul>
 */
public final class VectorFiles {
  private static final int IDX_UNSIGNED_BYTES = 0x08;
  private static final int MAX_DIMENSION = 1 << 20;
  private static final byte[] NPY_MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  private VectorFiles() {}

  /**
   * What a file holds.
   *
   * @param vectors its vectors
   * @param unsignedBytes whether every component is a whole number in 0..255
   * @param queries queries that the file brings itself, or null
   */
  public record Loaded(FloatVectors vectors, boolean unsignedBytes, FloatVectors queries) {}

  /** Images of an IDX file. */
  record Images(FloatVectors pixels, int heightPixels, int widthPixels) {}

  /**
   * Reads at most {@code limit} vectors.
   *
   * @param dimension only for {@code .vec}, 0 when not told
   * @throws IOException when the file cannot be read or is not what its name says
   */
  public static Loaded read(Path file, int dimension, int limit) throws IOException {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (!Files.isReadable(file)) {
      throw new IOException(file + ": no such readable file");
    }
    if (name.endsWith(".npy.gz")) {
      return npy(file, new GZIPInputStream(Files.newInputStream(file)), limit);
    }
    String extension = name.substring(name.lastIndexOf('.') + 1);
    return switch (extension) {
      case "fvecs" -> loaded(texmex(file, Component.FLOAT32, limit), Component.FLOAT32);
      case "bvecs" -> loaded(texmex(file, Component.UNSIGNED_BYTE, limit), Component.UNSIGNED_BYTE);
      case "ivecs" -> loaded(texmex(file, Component.INT32, limit), Component.INT32);
      case "fbin" -> loaded(bigAnn(file, Component.FLOAT32, limit), Component.FLOAT32);
      case "u8bin" -> loaded(bigAnn(file, Component.UNSIGNED_BYTE, limit), Component.UNSIGNED_BYTE);
      case "ibin" -> loaded(bigAnn(file, Component.INT32, limit), Component.INT32);
      case "vec" -> loaded(raw(file, dimension, limit), Component.FLOAT32);
      case "hdf5" -> Hdf5.read(file, limit);
      case "gz" -> loaded(idx(file, limit).pixels(), Component.UNSIGNED_BYTE);
      case "npy" -> npy(file, Files.newInputStream(file), limit);
      default ->
          throw new IOException(
              file
                  + ": unknown kind of file; known are .fvecs .bvecs .ivecs .fbin .u8bin .ibin .vec"
                  + " .hdf5 .gz (IDX) .npy .npy.gz");
    };
  }

  private static Loaded loaded(FloatVectors vectors, Component component) {
    return new Loaded(vectors, component == Component.UNSIGNED_BYTE, null);
  }

  private static FloatVectors texmex(Path file, Component component, int limit) throws IOException {
    try (CountedInput in = new CountedInput(file, ByteOrder.LITTLE_ENDIAN)) {
      List<float[]> rows = new ArrayList<>();
      int dimension = 0;
      while (rows.size() < limit && !in.atEnd()) {
        String vector = "vector " + rows.size();
        int found = in.readInt("the dimension of " + vector);
        if (rows.isEmpty()) {
          dimension = checkedDimension(in, found);
        } else if (found != dimension) {
          throw in.error(
              "expected dimension %d before %s as for the first, found %d"
                  .formatted(dimension, vector, found));
        }
        rows.add(component.row(in.read(dimension * component.bytes(), vector), dimension));
      }
      return table(in, rows);
    }
  }

  private static FloatVectors bigAnn(Path file, Component component, int limit) throws IOException {
    try (CountedInput in = new CountedInput(file, ByteOrder.LITTLE_ENDIAN)) {
      int count = in.readInt("the number of vectors");
      int dimension = checkedDimension(in, in.readInt("the dimension"));
      return rows(in, count, dimension, component, limit);
    }
  }

  private static FloatVectors raw(Path file, int dimension, int limit) throws IOException {
    if (dimension <= 0) {
      throw new IOException(file + ": a .vec file does not say its dimension; give --dim");
    }
    long bytesPerVector = (long) dimension * Float.BYTES;
    long bytes = Files.size(file);
    if (bytes % bytesPerVector != 0) {
      throw new IOException(
          "%s: at byte %d: expected a whole vector of %d floats (%d bytes), found %d bytes"
              .formatted(
                  file,
                  bytes - bytes % bytesPerVector,
                  dimension,
                  bytesPerVector,
                  bytes % bytesPerVector));
    }
    try (CountedInput in = new CountedInput(file, ByteOrder.LITTLE_ENDIAN)) {
      long count = bytes / bytesPerVector;
      return rows(
          in, (int) Math.min(count, Integer.MAX_VALUE), dimension, Component.FLOAT32, limit);
    }
  }

  /** Reads an IDX file whose items have two dimensions or one. */
  static Images idx(Path file, int limit) throws IOException {
    try (CountedInput in =
        new CountedInput(
            file, new GZIPInputStream(Files.newInputStream(file)), ByteOrder.BIG_ENDIAN)) {
      int magic = in.readInt("the IDX magic number");
      int axes = magic & 0xFF;
      if (magic >>> 8 != IDX_UNSIGNED_BYTES || axes < 2 || axes > 3) {
        throw in.error(
            "expected the IDX magic number 2051 or 2050 (unsigned bytes), found " + magic);
      }
      int count = in.readInt("the number of items");
      int height = checkedDimension(in, in.readInt("the rows of an item"));
      int width = axes == 3 ? checkedDimension(in, in.readInt("the columns of an item")) : 1;
      return new Images(
          rows(in, count, height * width, Component.UNSIGNED_BYTE, limit), height, width);
    }
  }

  /** Reads NumPy's format from a stream; errors call it {@code file}. Closes the stream. */
  static Loaded npy(Path file, InputStream stream, int limit) throws IOException {
    try (CountedInput in = new CountedInput(file, stream, ByteOrder.LITTLE_ENDIAN)) {
      byte[] magic = in.read(NPY_MAGIC.length, "the NumPy magic").array();
      if (!java.util.Arrays.equals(magic, NPY_MAGIC)) {
        throw in.error("expected the NumPy magic \\x93NUMPY before this byte");
      }
      int majorVersion = in.read(2, "the NumPy format version").get(0);
      int headerBytes =
          majorVersion == 1
              ? Short.toUnsignedInt(in.read(2, "the header length").getShort())
              : in.readInt("the header length");
      String header =
          StandardCharsets.US_ASCII.decode(in.read(headerBytes, "the header")).toString();
      Matcher shape = Pattern.compile("'shape':\\s*\\((\\d+),\\s*(\\d+),?\\s*\\)").matcher(header);
      if (!shape.find() || header.contains("'fortran_order': True")) {
        throw in.error("expected a two-dimensional array in C order, found " + header.strip());
      }
      Component component = npyComponent(in, header);
      int count = Integer.parseInt(shape.group(1));
      int dimension = checkedDimension(in, Integer.parseInt(shape.group(2)));
      return loaded(rows(in, count, dimension, component, limit), component);
    }
  }

  private static Component npyComponent(CountedInput in, String header) throws IOException {
    Matcher type = Pattern.compile("'descr':\\s*'([^']*)'").matcher(header);
    return switch (type.find() ? type.group(1) : "") {
      case "<f4" -> Component.FLOAT32;
      case "<f8" -> Component.FLOAT64;
      case "<i4" -> Component.INT32;
      case "|u1" -> Component.UNSIGNED_BYTE;
      case "|i1" -> Component.SIGNED_BYTE;
      default -> throw in.error("expected <f4, <f8, <i4, |u1 or |i1, found " + header.strip());
    };
  }

  private static FloatVectors rows(
      CountedInput in, int count, int dimension, Component component, int limit)
      throws IOException {
    List<float[]> rows = new ArrayList<>();
    for (int row = 0; row < Math.min(count, limit); row++) {
      ByteBuffer bytes =
          in.read(dimension * component.bytes(), "vector %d of %d".formatted(row, count));
      rows.add(component.row(bytes, dimension));
    }
    if (limit >= count) {
      in.expectEnd(count + " vectors of " + dimension + " components");
    }
    return table(in, rows);
  }

  private static FloatVectors table(CountedInput in, List<float[]> rows) throws IOException {
    if (rows.isEmpty()) {
      throw in.error("expected at least one vector");
    }
    return new FloatVectors(rows.toArray(float[][]::new));
  }

  private static int checkedDimension(CountedInput in, int dimension) throws IOException {
    if (dimension < 1 || dimension > MAX_DIMENSION) {
      throw in.error(
          "expected a dimension in 1..%d before this byte, found %d"
              .formatted(MAX_DIMENSION, dimension));
    }
    return dimension;
  }
}
