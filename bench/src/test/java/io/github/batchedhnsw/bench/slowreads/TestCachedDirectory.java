// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.slowreads;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class TestCachedDirectory {
  private static final int PAGE = PageCache.PAGE_BYTES;
  private static final int PAGES = 10;
  private static final String FILE = "file";

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path path;

  @Test
  public void aKnownPatternIsCountedExactly() throws IOException {
    PageCache cache = new PageCache(4, 0);
    try (Directory directory = directory(cache);
        IndexInput input = directory.openInput(FILE, IOContext.DEFAULT)) {
      byte[] buffer = new byte[2 * PAGE];
      expect(cache, 0, 0, 0);
      input.readBytes(buffer, 0, 100);
      expect(cache, 1, 1, 0);
      input.readInt();
      expect(cache, 2, 1, 0);
      input.readBytes(buffer, 0, PAGE); // the rest of page 0, and of page 1 as many bytes
      expect(cache, 4, 2, 1);
      input.seek(PAGE * 5L - 2); // a float across pages 4 and 5
      input.readFloats(new float[1], 0, 1);
      expect(cache, 6, 4, 2);
      input.seek(0); // all four are still cached
      input.readBytes(buffer, 0, 2 * PAGE);
      expect(cache, 8, 4, 2);
      input.seek(9L * PAGE); // one of them goes
      input.readLong();
      expect(cache, 9, 5, 2);
      IndexInput slice = input.slice("slice", 7L * PAGE, PAGE);
      slice.readByte();
      expect(cache, 10, 6, 2);
      IndexInput clone = slice.clone();
      clone.readShort();
      expect(cache, 11, 6, 2);
      assertEquals(3L, clone.getFilePointer());
      assertEquals(1L, slice.getFilePointer());
      slice.randomAccessSlice(8, 16).readLong(8);
      expect(cache, 12, 6, 2);
      input.prefetch(8L * PAGE, PAGE);
      expect(cache, 13, 7, 3);
      assertThrows(EOFException.class, () -> slice.readBytes(buffer, 0, 2 * PAGE));
    }
    assertEquals(7L * PAGE, cache.counts().bytes());
    assertEquals(4, cache.counts().randomReads());
    assertEquals(3 / 7.0, cache.counts().sequentialShare(), 1e-9);
  }

  /** Twice through a file that does not fit: nothing is cached when it is needed again. */
  @Test
  public void aScanThatDoesNotFitReadsEverythingAgain() throws IOException {
    for (int capacity : new int[] {1, PAGES - 1, PAGES}) {
      PageCache cache = new PageCache(capacity, 0);
      try (Directory directory = directory(cache);
          IndexInput input = directory.openInput(FILE, IOContext.DEFAULT)) {
        for (int pass = 0; pass < 2; pass++) {
          input.seek(0);
          for (int page = 0; page < PAGES; page++) {
            input.readLongs(new long[PAGE / 8], 0, PAGE / 8);
          }
        }
      }
      int passes = capacity < PAGES ? 2 : 1;
      expect(cache, 2 * PAGES, passes * PAGES, passes * (PAGES - 1));
    }
  }

  @Test
  public void deletedFilesLeaveRoom() throws IOException {
    PageCache cache = new PageCache(2 * PAGES, 0);
    try (Directory directory = directory(cache)) {
      for (String name : new String[] {"second", "third"}) {
        write(directory, name);
      }
      readAll(directory, FILE);
      readAll(directory, "second");
      expect(cache, 2 * PAGES, 2 * PAGES, 2 * (PAGES - 1));
      directory.deleteFile("second");
      readAll(directory, "third");
      directory.rename("third", "fourth");
      readAll(directory, FILE);
      readAll(directory, "fourth");
      expect(cache, 5 * PAGES, 3 * PAGES, 3 * (PAGES - 1));
    }
  }

  @Test
  public void randomReadsWait() throws IOException {
    PageCache cache = new PageCache(PAGES, 5_000_000);
    try (Directory directory = directory(cache);
        IndexInput input = directory.openInput(FILE, IOContext.DEFAULT)) {
      long start = System.nanoTime();
      for (int page = PAGES - 1; page >= 0; page--) {
        input.seek((long) page * PAGE);
        input.readByte();
      }
      assertTrue("10 random reads of 5 ms", System.nanoTime() - start >= 50_000_000);
      assertEquals(PAGES, cache.counts().randomReads());
    }
  }

  /** Whatever is read in whatever way is what is in the file. */
  @Test
  public void contentIsThatOfTheFile() throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    try (Directory directory = directory(new PageCache(3, 0));
        Directory plain = FSDirectory.open(path);
        IndexInput input = directory.openInput(FILE, IOContext.DEFAULT);
        IndexInput expected = plain.openInput(FILE, IOContext.DEFAULT)) {
      assertEquals(expected.length(), input.length());
      for (int round = 0; round < 500; round++) {
        long position = random.nextLong(input.length() - 100);
        input.seek(position);
        expected.seek(position);
        assertEquals(expected.readByte(), input.readByte());
        assertEquals(expected.readShort(), input.readShort());
        assertEquals(expected.readInt(), input.readInt());
        assertEquals(expected.readLong(), input.readLong());
        byte[][] bytes = new byte[2][20];
        expected.readBytes(bytes[0], 1, 19);
        input.readBytes(bytes[1], 1, 19);
        assertArrayEquals(bytes[0], bytes[1]);
        int[][] ints = new int[2][3];
        expected.readInts(ints[0], 1, 2);
        input.readInts(ints[1], 1, 2);
        assertArrayEquals(ints[0], ints[1]);
        float[][] floats = new float[2][3];
        expected.readFloats(floats[0], 0, 3);
        input.readFloats(floats[1], 0, 3);
        assertArrayEquals(floats[0], floats[1], 0);
        assertEquals(expected.getFilePointer(), input.getFilePointer());
      }
    }
  }

  @Test
  public void cachesThatMakeNoSenseAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new PageCache(0, 0));
    assertThrows(IllegalArgumentException.class, () -> new PageCache(1, -1));
    assertThrows(IllegalArgumentException.class, () -> new SlowMerge(null, 1, 1 << 20, 0));
    assertThrows(IllegalArgumentException.class, () -> new SlowMerge(null, 2, 4095, 0));
    assertThrows(IllegalArgumentException.class, () -> new SlowMerge(null, 2, 1 << 20, -1));
  }

  private static void expect(PageCache cache, long accesses, long reads, long sequential) {
    assertEquals(new ReadCounts(accesses, reads, sequential), cache.counts());
  }

  private static void readAll(Directory directory, String name) throws IOException {
    try (IndexInput input = directory.openInput(name, IOContext.DEFAULT)) {
      input.readBytes(new byte[PAGES * PAGE], 0, PAGES * PAGE);
    }
  }

  private Directory directory(PageCache cache) throws IOException {
    path = folder.newFolder().toPath();
    CachedDirectory directory = new CachedDirectory(FSDirectory.open(path), cache);
    write(directory, FILE);
    return directory;
  }

  private static void write(Directory directory, String name) throws IOException {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    try (IndexOutput output = directory.createOutput(name, IOContext.DEFAULT)) {
      byte[] bytes = new byte[PAGES * PAGE];
      random.nextBytes(bytes);
      output.writeBytes(bytes, bytes.length);
    }
  }
}
