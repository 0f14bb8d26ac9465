package io.github.batchedhnsw.codec;

import com.carrotsearch.randomizedtesting.annotations.ParametersFactory;
import java.util.List;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.Version;
import org.junit.BeforeClass;

/** Lucene's tests with ours in place of the formats of Lucene 10.3 that quantize. */
public class TestLucene103QuantizedFormat extends FormatTestCase {
  private final KnnVectorsFormat stock;

  public TestLucene103QuantizedFormat(String stockName) {
    stock = KnnVectorsFormat.forName(stockName);
  }

  @ParametersFactory
  public static List<Object[]> stockNames() {
    return List.of(
        new Object[] {"Lucene99HnswScalarQuantizedVectorsFormat"},
        new Object[] {"Lucene102HnswBinaryQuantizedVectorsFormat"});
  }

  @BeforeClass
  public static void onlyInLucene103() {
    assumeFalse("formats of Lucene 10.3", Version.LATEST.onOrAfter(Version.fromBits(10, 4, 0)));
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
  }
}
