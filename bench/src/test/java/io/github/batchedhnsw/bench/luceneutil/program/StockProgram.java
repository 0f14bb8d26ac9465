// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.luceneutil.program;

import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/** Makes stock formats as luceneutil does, and says in its arguments what came of it. */
public final class StockProgram {
  private static final long LONG = 1L << 40; // a constant that takes two places

  private StockProgram() {}

  /** Replaces its first two arguments by the names of the formats' classes; fails without any. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 0) {
      throw new IOException("no arguments, " + LONG);
    }
    arguments[0] = Plain.make(20, 50).getClass().getName();
    KnnVectorsFormat quantized =
        new Lucene104HnswScalarQuantizedVectorsFormat(
            ScalarEncoding.PACKED_NIBBLE, 20, 50, 1, null);
    arguments[1] = quantized.getClass().getName();
  }

  /** A class of its own, with the format in the descriptor of a method. */
  private static final class Plain {
    static Lucene99HnswVectorsFormat make(int maxConn, int beamWidth) {
      return new Lucene99HnswVectorsFormat(maxConn, beamWidth, 1, null);
    }
  }
}
