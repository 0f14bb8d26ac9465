// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import com.carrotsearch.randomizedtesting.annotations.ParametersFactory;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.Version;
import org.junit.BeforeClass;

/** Lucene's tests with ours in place of the formats of Lucene 10.3 and 10.4 that quantize. */
public class TestLucene103QuantizedFormat extends FormatTestCase {
  private final KnnVectorsFormat stock;

  /**
   * @param name that the tests are reported under
   */
  public TestLucene103QuantizedFormat(String name, KnnVectorsFormat stock) {
    this.stock = stock;
  }

  @ParametersFactory(argumentFormatting = "%s")
  public static List<Object[]> stocks() throws ReflectiveOperationException {
    if (!Version.LATEST.onOrAfter(Version.fromBits(10, 4, 0))) {
      return Stream.of(
              "Lucene99HnswScalarQuantizedVectorsFormat",
              "Lucene102HnswBinaryQuantizedVectorsFormat")
          .map(name -> new Object[] {name, KnnVectorsFormat.forName(name)})
          .toList();
    }
    if (Version.LATEST.onOrAfter(Version.fromBits(10, 5, 0))) {
      return List.<Object[]>of(new Object[] {"later", null});
    }
    String lucene104 = "org.apache.lucene.codecs.lucene104.Lucene104";
    Class<?> encodings = Class.forName(lucene104 + "ScalarQuantizedVectorsFormat$ScalarEncoding");
    Constructor<?> constructor =
        Class.forName(lucene104 + "HnswScalarQuantizedVectorsFormat")
            .getConstructor(encodings, int.class, int.class);
    List<Object[]> stocks = new ArrayList<>();
    for (Object encoding : encodings.getEnumConstants()) {
      stocks.add(new Object[] {"" + encoding, constructor.newInstance(encoding, 16, 100)});
    }
    return stocks;
  }

  @BeforeClass
  public static void notInLaterVersions() {
    assumeFalse("formats of 10.3 and 10.4", Version.LATEST.onOrAfter(Version.fromBits(10, 5, 0)));
  }

  @Override
  protected Codec getCodec() {
    return TestUtil.alwaysKnnVectorsFormat(ours());
  }

  private KnnVectorsFormat ours() {
    return LuceneVersion.api().replacementOf(stock, BuildOptions.DEFAULT);
  }

  public void testParameters() {
    assertEquals(stock.getName(), ours().getName());
    String told = ours().toString();
    assertTrue(told, told.startsWith("Lucene103QuantizedFormat("));
    String flat = stock.toString().replaceAll(".*flatVectorFormat=(\\w+).*", "$1");
    assertTrue(told, told.contains("maxConn=16, beamWidth=100"));
    assertTrue(told, told.contains("flatVectorFormat=" + flat + "("));
    // the whole flat format, with what it quantizes to
    String parameters = stock.toString().replaceAll(".*flatVectorFormat=", "");
    assertTrue(told, told.contains(parameters.substring(0, parameters.length() - 1)));
  }
}
