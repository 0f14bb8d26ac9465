// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Which vectors of a file are indexed, and which are queries. */
public class TestFileRows {
  private static final int ROWS = 12;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path file;

  @Before
  public void writeVectors() throws IOException {
    file = vectors("base.fvecs", 0, ROWS);
  }

  @Test
  public void everyNthVectorIsHeldOut() throws IOException {
    Rows rows = read(request(null, 3, null));
    assertEquals(List.of(3, 7, 11), numbers(rows.queries()));
    assertEquals(List.of(0, 1, 2, 4, 5, 6, 8, 9, 10), numbers(rows.base()));
    assertEquals(file + ", 9 vectors", rows.description());
    assertFalse(rows.unsignedBytes());
    Rows few = read(request(4, 2, null));
    assertEquals(List.of(2, 5), numbers(few.queries()));
    assertEquals(List.of(0, 1, 3, 4), numbers(few.base()));
  }

  @Test
  public void queriesOfAnotherFileLeaveAllVectorsToIndex() throws IOException {
    Path queries = vectors("queries.fvecs", 100, 5);
    Rows rows = read(request(null, 3, queries));
    assertEquals(IntStream.range(0, ROWS).boxed().toList(), numbers(rows.base()));
    assertEquals(List.of(100, 101, 102), numbers(rows.queries()));
    assertEquals(List.of(0, 1), numbers(read(request(2, 9, queries)).base()));
    assertEquals(5, read(request(2, 9, queries)).queries().count());
  }

  @Test
  public void whatAFileDoesNotHoldIsRefused() {
    assertEquals(
        file + " holds 12 vectors; expected 10 to index and 3 queries",
        assertThrows(IOException.class, () -> read(request(10, 3, null))).getMessage());
    SourceRequest wide = request(null, 3, null).generated(3, GeneratorParams.PRESET);
    assertEquals(
        file + ": expected 3 dimensions (--dim), found 2",
        assertThrows(IOException.class, () -> read(wide)).getMessage());
    assertEquals(
        "mnist needs the images: --mnist-file FILE or the environment variable BENCH_MNIST",
        assertThrows(IOException.class, () -> new FileRows(SourceRequest.of("mnist")).read("mnist"))
            .getMessage());
  }

  @Test
  public void vectorsKeepTheirComponents() throws IOException {
    assertArrayEquals(new float[] {5, -5}, read(request(null, 3, null)).base().rows()[4], 0);
  }

  private Rows read(SourceRequest request) throws IOException {
    return new FileRows(request).read(file.toString());
  }

  private SourceRequest request(Integer count, int queries, Path queryFile) {
    return new SourceRequest(
        file.toString(),
        count,
        null,
        queries,
        QuerySource.HELD_OUT,
        queryFile,
        null,
        GeneratorParams.PRESET);
  }

  /** Rows (number, -number), the numbers ascending. */
  private Path vectors(String name, int first, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count * 12).order(ByteOrder.LITTLE_ENDIAN);
    for (int number = first; number < first + count; number++) {
      bytes.putInt(2).putFloat(number).putFloat(-number);
    }
    return Files.write(folder.getRoot().toPath().resolve(name), bytes.array());
  }

  private static List<Integer> numbers(FloatVectors vectors) {
    return Arrays.stream(vectors.rows()).map(row -> (int) row[0]).toList();
  }
}
