// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.embed;

import io.github.batchedhnsw.bench.data.CachedSet;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The right to make one cached set, which one process has at a time. It is a lock of the operating
 * system, so it ends with the process that holds it, however that ends. The locked file stays: were
 * it removed, one process could lock the removed file and another a new one of the same name.
 */
final class SetLock implements Closeable {
  private final FileChannel channel;

  private SetLock(FileChannel channel) {
    this.channel = channel;
  }

  /** The locked file: beside the set's folder, since that may be removed to make the set again. */
  static Path file(CachedSet set) {
    return set.folder().resolveSibling(set.name() + ".lock");
  }

  /**
   * Takes the lock without waiting for it.
   *
   * @throws IOException when another process has it, or another thread of this one
   */
  static SetLock take(CachedSet set) throws IOException {
    Path file = file(set);
    Files.createDirectories(file.toAbsolutePath().getParent());
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // This process holds it, which is refused like a lock that another process holds.
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new IOException(
          "%s: expected a free lock, found it held by another bench/run embed that makes %s; run"
                  .formatted(file, set.name())
              + " this again when that has ended");
    }
    return new SetLock(channel);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
