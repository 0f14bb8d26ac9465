// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.InfoStream;

/** Progress is that of the whole build. */
public class TestBuildLog extends LuceneTestCase {
  private static final Pattern PROGRESS =
      Pattern.compile("field \"title\": ([a-z ]+): about (\\d+) % of the build after \\d+\\.\\d s");

  /** Keeps the percentages. */
  private static final class Percentages extends InfoStream {
    final List<Integer> told = new ArrayList<>();

    @Override
    public void message(String component, String message) {
      Matcher progress = PROGRESS.matcher(message);
      if (progress.matches()) {
        told.add(Integer.parseInt(progress.group(2)));
      }
    }

    @Override
    public boolean isEnabled(String component) {
      return true;
    }

    @Override
    public void close() {}
  }

  private static void assertProgress(BuildParams params, float[][] rows) throws IOException {
    Percentages percentages = new Percentages();
    BuildLog log = new BuildLog(percentages, "title", 0);
    VectorSet vectors =
        VectorSets.ofHeap(List.of(rows), null, rows[0].length, VectorSimilarityFunction.EUCLIDEAN);
    ParallelRanges parallel = ParallelRanges.serial().withProgress(log::progress);
    GraphBuilders.choose(params, rows.length, rows[0].length, log).build(vectors, parallel);
    log.begin(BuildPhase.WRITE);
    parallel.inOrder(100, 10, (worker, from, to) -> {});
    List<Integer> told = percentages.told;
    for (int i = 1; i < told.size(); i++) {
      assertTrue(told.toString(), told.get(i - 1) <= told.get(i));
    }
    assertTrue(told.toString(), told.get(0) < 10);
    assertEquals(told.toString(), 100, told.getLast(), 1);
    assertTrue(told.toString(), told.stream().distinct().count() > 20);
    assertTrue(told.toString(), told.stream().anyMatch(percent -> percent > 40 && percent < 70));
  }

  public void testBulk() throws IOException {
    assertProgress(new BuildParams(16, 100), VectorData.uniform(random(), 6000, 4));
  }

  public void testInsertion() throws IOException {
    assertProgress(
        new BuildParams(16, 100).withMemoryBudget(1), VectorData.uniform(random(), 3000, 4));
  }

  public void testDuplicates() throws IOException {
    float[][] rows = VectorData.uniform(random(), 6000, 4);
    assertProgress(new BuildParams(16, 100), VectorData.withDuplicates(random(), rows, 40));
  }

  /** No time is lost between phases, and none counts twice, however long each of them takes. */
  public void testPhasesAreTheWholeBuild() {
    long beforeCreation = System.nanoTime();
    BuildLog log = new BuildLog(InfoStream.NO_OUTPUT, "title");
    long created = System.nanoTime();
    for (int i = 0; i < 1000; i++) {
      log.begin(BuildPhase.values()[random().nextInt(BuildPhase.values().length)]);
    }
    long beforeEnd = System.nanoTime();
    Map<BuildPhase, Long> nanos = log.nanosByPhase();
    long ended = System.nanoTime();
    long sum = nanos.values().stream().mapToLong(Long::longValue).sum();
    assertTrue(sum + " of " + nanos, sum >= beforeEnd - created && sum <= ended - beforeCreation);
    assertTrue(nanos.toString(), nanos.values().stream().allMatch(each -> each >= 0));
    assertEquals(Set.of(BuildPhase.values()), nanos.keySet());
  }

  public void testOneVector() throws IOException {
    Percentages percentages = new Percentages();
    BuildLog log = new BuildLog(percentages, "title", 0);
    log.progress(1, 1, System.nanoTime());
    assertEquals(List.of(0), percentages.told);
  }
}
