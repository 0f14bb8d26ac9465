// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.FloatVectors;
import java.io.IOException;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.junit.Test;
import picocli.CommandLine;

/** What the options make of the data sets. */
public class TestDataOptions {

  @Test
  public void realEmbeddingsAreTheDefault() throws IOException {
    Dataset data = load("--count=50", "--queries=20");
    assertEquals("wordnet-25k", data.name());
    assertEquals(50, data.base().count());
    assertTrue(data.description(), data.description().contains("queries held-out"));
    assertArrayEquals(rows(data), rows(load("--data=wordnet-25k", "--count=50", "--queries=20")));
  }

  @Test
  public void queriesOfAnotherDistribution() throws IOException {
    Dataset data = load("--count=50", "--queries=20", "--queries-from=ood", "--sorted");
    assertEquals(20, data.queries().count());
    assertTrue(data.description(), data.description().contains("in natural order, queries ood"));
  }

  @Test
  public void transformationsChangeAnySet() throws IOException {
    float[][] plain = rows(load("--data=gen128", "--count=50", "--queries=5"));
    Dataset data =
        load(
            "--data=gen128",
            "--count=50",
            "--queries=5",
            "--scale=2",
            "--shift=3",
            "--huge-component=1000");
    assertEquals(1000, rows(data)[7][0], 0);
    assertEquals(2 * plain[7][1] + 3, rows(data)[7][1], 1e-5);
    assertTrue(
        data.description(),
        data.description().endsWith(", times 2.0, plus 3.0, component 0 is 1000.0"));
    assertEquals(
        VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT,
        load("--data=wordnet-25k-mip", "--count=50", "--queries=5").similarity());
  }

  @Test
  public void shapesAndCopies() throws IOException {
    for (float[] row :
        rows(load("--data=hard128", "--count=50", "--queries=5", "--shape=binary"))) {
      for (float component : row) {
        assertTrue("component=" + component, component == 0 || component == 1);
      }
    }
    float[][] copies =
        rows(
            load(
                "--data=uniform64",
                "--count=50",
                "--queries=5",
                "--near-duplicates=5",
                "--copy-noise=0"));
    assertArrayEquals(copies[3], copies[13], 0);
  }

  @Test
  public void microclustersByPointsAndClusters() throws IOException {
    Dataset data =
        load("--data=microclusters", "--clusters=20", "--points=4", "--dim=8", "--queries=5");
    assertEquals(80, data.base().count());
    assertEquals(8, data.base().dimension());
  }

  @Test
  public void wrongValuesAreNamed() {
    CommandLine.ParameterException error =
        assertThrows(CommandLine.ParameterException.class, () -> load("--queries-from=elsewhere"));
    assertTrue(
        error.getMessage(), error.getMessage().contains("held-out, OUT_OF_DISTRIBUTION, ood"));
    IOException unknown = assertThrows(IOException.class, () -> load("--data=wordnet"));
    assertTrue(unknown.getMessage(), unknown.getMessage().startsWith("wordnet: no such"));
  }

  private static Dataset load(String... options) throws IOException {
    DataOptions data = new DataOptions();
    new CommandLine(data).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(options);
    return data.load();
  }

  private static float[][] rows(Dataset data) {
    return ((FloatVectors) data.base()).rows();
  }
}
