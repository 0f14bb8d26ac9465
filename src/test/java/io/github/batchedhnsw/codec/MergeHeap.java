// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.InfoStream;

/**
 * A program that merges an index in a heap with just as much room as the merge says that its graph
 * will take, or a share of that: ballast is in all the rest. {@code TestMergeHeap} runs it in a
 * small JVM of its own.
 */
final class MergeHeap {
  private static final Pattern ANNOUNCED =
      Pattern.compile("merge: building .* by (\\w+); at most ([0-9.]+) MB of heap");
  private static final int BALLAST_BYTES = 1 << 16;

  private final Directory directory;
  private final BuildOptions options;

  private MergeHeap(Directory directory, BuildOptions options) {
    this.directory = directory;
    this.options = options;
  }

  /**
   * Arguments: the index, {@code memoryBudgetBytes}, workers, bytes of room besides what a merge
   * says, and shares of that. Prints a line for each share: the builder of a merge that came to its
   * end, or that there was not enough memory. The index stays as it is.
   */
  public static void main(String[] args) throws Exception {
    int workers = Integer.parseInt(args[2]);
    try (Directory directory = FSDirectory.open(Path.of(args[0]));
        ExecutorService pool = workers == 1 ? null : Executors.newFixedThreadPool(workers - 1)) {
      BuildOptions options =
          BuildOptions.DEFAULT
              .withMemoryBudget(Long.parseLong(args[1]))
              .withWorkers(workers, 1, pool);
      MergeHeap heap = new MergeHeap(directory, options);
      for (int i = 4; i < args.length; i++) {
        System.out.println(
            args[i] + ": " + heap.merge(Double.parseDouble(args[i]), Long.parseLong(args[3])));
      }
    }
  }

  /** Merges to one segment and rolls that back. */
  private String merge(double share, long besidesBytes) throws IOException {
    Ballast ballast = new Ballast(share, besidesBytes, usedBytes());
    IndexWriter writer =
        new IndexWriter(
            directory,
            Indexes.config(Indexes.codec(new BatchedHnswVectorsFormat(16, 100, options, 0)))
                .setInfoStream(ballast));
    try {
      writer.forceMerge(1);
      return ballast.builder;
    } catch (
        @SuppressWarnings("unused")
        OutOfMemoryError e) {
      return "out of memory";
    } finally {
      ballast.chunks.clear();
      writer.rollback();
    }
  }

  private static long usedBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** Fills the heap when a merge announces what it will take. */
  private static final class Ballast extends InfoStream {
    private final double share;
    private final long besidesBytes;
    private final long usedBefore;
    private final List<byte[]> chunks = new ArrayList<>();
    private String builder = "nothing merged";

    Ballast(double share, long besidesBytes, long usedBefore) {
      this.share = share;
      this.besidesBytes = besidesBytes;
      this.usedBefore = usedBefore;
    }

    @Override
    public void message(String component, String message) {
      Matcher announced = ANNOUNCED.matcher(message);
      if (announced.find()) {
        builder = announced.group(1);
        double estimate = 1e6 * Double.parseDouble(announced.group(2));
        long filled =
            Runtime.getRuntime().maxMemory()
                - usedBefore
                - besidesBytes
                - (long) (share * estimate);
        if (filled < 0) {
          throw new IllegalStateException("the heap is too small; message=" + message);
        }
        for (long bytes = 0; bytes < filled; bytes += BALLAST_BYTES) {
          chunks.add(new byte[BALLAST_BYTES]);
        }
      }
    }

    @Override
    public boolean isEnabled(String component) {
      return component.equals("HNSW");
    }

    @Override
    public void close() {}
  }
}
