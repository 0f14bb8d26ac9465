// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.slowreads;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.FilterIndexInput;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;

/**
 * A directory whose files are read through a {@link PageCache}: every way of reading is counted,
 * clones and slices included. Its inputs are no memory segments, so that no reading escapes it.
 */
final class CachedDirectory extends FilterDirectory {
  private final PageCache cache;
  private final Map<String, PageCache.Pages> files = new ConcurrentHashMap<>();

  CachedDirectory(Directory in, PageCache cache) {
    super(in);
    this.cache = cache;
  }

  @Override
  public IndexInput openInput(String name, IOContext context) throws IOException {
    IndexInput input = in.openInput(name, context);
    PageCache.Pages pages =
        files.computeIfAbsent(name, opened -> new PageCache.Pages(input.length()));
    return new CachedInput(input, pages, 0);
  }

  @Override
  public void deleteFile(String name) throws IOException {
    in.deleteFile(name);
    PageCache.Pages pages = files.remove(name);
    if (pages != null) {
      cache.forget(pages);
    }
  }

  @Override
  public void rename(String source, String target) throws IOException {
    in.rename(source, target);
    PageCache.Pages pages = files.remove(source);
    if (pages != null) {
      files.put(target, pages);
    }
  }

  /** A file or a part of it. Not thread-safe, as all inputs. */
  private final class CachedInput extends FilterIndexInput {
    private final PageCache.Pages pages;
    private final long offsetBytes;

    CachedInput(IndexInput in, PageCache.Pages pages, long offsetBytes) {
      super(in.toString(), in);
      this.pages = pages;
      this.offsetBytes = offsetBytes;
    }

    /** Counts what is about to be read; reading past the end is left to fail where it does. */
    private void count(long bytes) {
      long position = in.getFilePointer();
      long inside = Math.min(bytes, in.length() - position);
      if (inside > 0) {
        cache.read(pages, offsetBytes + position, inside);
      }
    }

    @Override
    public byte readByte() throws IOException {
      count(Byte.BYTES);
      return in.readByte();
    }

    @Override
    public void readBytes(byte[] target, int offset, int length) throws IOException {
      count(length);
      in.readBytes(target, offset, length);
    }

    @Override
    public short readShort() throws IOException {
      count(Short.BYTES);
      return in.readShort();
    }

    @Override
    public int readInt() throws IOException {
      count(Integer.BYTES);
      return in.readInt();
    }

    @Override
    public long readLong() throws IOException {
      count(Long.BYTES);
      return in.readLong();
    }

    @Override
    public void readInts(int[] target, int offset, int length) throws IOException {
      count((long) Integer.BYTES * length);
      in.readInts(target, offset, length);
    }

    @Override
    public void readLongs(long[] target, int offset, int length) throws IOException {
      count((long) Long.BYTES * length);
      in.readLongs(target, offset, length);
    }

    @Override
    public void readFloats(float[] target, int offset, int length) throws IOException {
      count((long) Float.BYTES * length);
      in.readFloats(target, offset, length);
    }

    @Override
    public void skipBytes(long bytes) throws IOException {
      in.skipBytes(bytes);
    }

    @Override
    public void prefetch(long offset, long length) throws IOException {
      in.prefetch(offset, length);
      if (length > 0) {
        cache.prefetch(pages, offsetBytes + offset, length);
      }
    }

    @Override
    public void updateIOContext(IOContext context) throws IOException {
      in.updateIOContext(context);
    }

    @Override
    public Optional<Boolean> isLoaded() {
      return Optional.of(false);
    }

    @Override
    public IndexInput clone() {
      return new CachedInput(in.clone(), pages, offsetBytes);
    }

    @Override
    public IndexInput slice(String description, long offset, long length) throws IOException {
      return new CachedInput(in.slice(description, offset, length), pages, offsetBytes + offset);
    }

    @Override
    public IndexInput slice(String description, long offset, long length, IOContext context)
        throws IOException {
      return new CachedInput(
          in.slice(description, offset, length, context), pages, offsetBytes + offset);
    }
  }
}
