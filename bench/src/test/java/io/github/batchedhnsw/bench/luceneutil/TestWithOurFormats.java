// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.luceneutil;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import io.github.batchedhnsw.bench.luceneutil.program.StockProgram;
import io.github.batchedhnsw.codec.BatchedHnswScalarQuantizedVectorsFormat;
import io.github.batchedhnsw.codec.BatchedHnswVectorsFormat;
import java.io.IOException;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.junit.Test;

public class TestWithOurFormats {
  @Test
  public void testTheProgramMakesOurFormats() throws Exception {
    String[] formats = new String[2];
    WithOurFormats.start(StockProgram.class.getName(), formats);
    assertArrayEquals(
        new String[] {
          BatchedHnswVectorsFormat.class.getName(),
          BatchedHnswScalarQuantizedVectorsFormat.class.getName()
        },
        formats);
    StockProgram.main(formats); // the class itself is as it was
    assertArrayEquals(
        new String[] {
          Lucene99HnswVectorsFormat.class.getName(),
          Lucene104HnswScalarQuantizedVectorsFormat.class.getName()
        },
        formats);
  }

  @Test
  public void testTheProgramsExceptionIsThrown() {
    IOException e =
        assertThrows(
            IOException.class,
            () -> WithOurFormats.start(StockProgram.class.getName(), new String[0]));
    assertEquals("no arguments, 1099511627776", e.getMessage());
  }

  @Test
  public void testAMainClassThatIsNotThere() {
    assertThrows(
        ClassNotFoundException.class, () -> WithOurFormats.start("knn.Missing", new String[0]));
  }
}
