// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.nrt;

import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.SegmentInfoFormat;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;

/** Counts the segments that flushes and merges write. Thread-safe. */
final class SegmentLog {
  private final LongAdder flushes = new LongAdder();
  private final LongAdder merges = new LongAdder();
  private final LongAdder mergedDocuments = new LongAdder();

  /** The same codec, under the same name, that also counts here. */
  Codec counting(Codec codec) {
    SegmentInfoFormat counted =
        new SegmentInfoFormat() {
          @Override
          public SegmentInfo read(Directory directory, String segment, byte[] id, IOContext context)
              throws IOException {
            return codec.segmentInfoFormat().read(directory, segment, id, context);
          }

          @Override
          public void write(Directory directory, SegmentInfo info, IOContext context)
              throws IOException {
            codec.segmentInfoFormat().write(directory, info, context);
            if (context.context() == IOContext.Context.MERGE) {
              merges.increment();
              mergedDocuments.add(info.maxDoc());
            } else {
              flushes.increment();
            }
          }
        };
    return new FilterCodec(codec.getName(), codec) {
      @Override
      public SegmentInfoFormat segmentInfoFormat() {
        return counted;
      }
    };
  }

  long flushes() {
    return flushes.sum();
  }

  long merges() {
    return merges.sum();
  }

  /** Documents in all merged segments together: one that was merged twice counts twice. */
  long mergedDocuments() {
    return mergedDocuments.sum();
  }
}
