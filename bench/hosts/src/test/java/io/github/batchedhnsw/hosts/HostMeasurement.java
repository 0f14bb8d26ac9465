// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.hosts;

import static org.junit.Assert.assertEquals;
import static org.junit.Assume.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures the variants of a host in turns, with real vectors, and prints a line for each turn and
 * the medians. Client and node share the machine. No test, so not run by default.
 */
public final class HostMeasurement {
  private static final int WARM_UP = 10_000;
  private static final int PER_REQUEST = 1000;

  private static final int MERGED = 50_000;
  private static final int SEGMENTS = 10;
  private static final int MERGE_ROUNDS = 3;
  private static final int QUERIES = 300;
  private static final int HITS = 10;
  private static final int[] WIDTHS = {10, 20, 40, 80};

  private static final int LOAD_ROUNDS = 3;
  private static final int LOAD_SECONDS = 40;
  private static final int WARM_UP_SECONDS = 15;
  private static final int INDEXED_A_SECOND = 1000;
  private static final int INDEXINGS_A_SECOND = 10;
  private static final int SEARCHES_A_SECOND = 20;

  private final Host host;
  private final Map<String, List<double[]>> turns = new LinkedHashMap<>();

  /** Does nothing yet. */
  public HostMeasurement(Host host) {
    this.host = host;
  }

  /** Skips the calling test without the set of vectors. */
  public static void assumeVectors() {
    assumeTrue("needs wordnet-minilm; see bench/README.md", RealVectors.exist());
  }

  /** Ten refreshes, then a force merge to one segment; times of the requests, and recall. */
  public void forceMerge() throws Exception {
    RealVectors vectors = RealVectors.read(MERGED, QUERIES);
    List<Set<String>> nearest = vectors.nearest(HITS);
    say(
        "%s, %d processors; %d x %d (wordnet-minilm), %d refreshes, force merge",
        host.description(),
        Runtime.getRuntime().availableProcessors(),
        MERGED,
        RealVectors.DIMENSION,
        SEGMENTS);
    List<String> variants = host.variants().subList(0, 2);
    for (String variant : variants) {
      mergeOnce(variant, vectors.documents(), WARM_UP);
      host.drop(variant);
    }
    inTurns(
        variants,
        MERGE_ROUNDS,
        List.of(
            "index s",
            "merge s",
            "cpu s",
            "of it our graph s",
            "recall@10 at k=10",
            "20",
            "40",
            "80"),
        variant -> {
          double[] measured =
              Arrays.copyOf(mergeOnce(variant, vectors.documents(), MERGED), 4 + WIDTHS.length);
          for (int w = 0; w < WIDTHS.length; w++) {
            int found = 0;
            for (int q = 0; q < QUERIES; q++) {
              Set<String> missing = new HashSet<>(nearest.get(q));
              missing.removeAll(host.searching(variant, vectors.queries()[q], WIDTHS[w]).call());
              found += HITS - missing.size();
            }
            measured[4 + w] = found / (double) (HITS * QUERIES);
          }
          return measured;
        });
    double[] stock = median(turns.get(Host.STOCK));
    double[] ours = median(turns.get(variants.get(1)));
    say(
        "medians: force merge %.2f times faster, of CPU %.2f times; with indexing %.2f times",
        stock[1] / ours[1], stock[2] / ours[2], (stock[0] + stock[1]) / (ours[0] + ours[1]));
  }

  private double[] mergeOnce(String variant, float[][] vectors, int count) throws Exception {
    host.create(variant, true);
    long start = System.nanoTime();
    int perSegment = count / SEGMENTS;
    for (int from = 0; from < count; from += PER_REQUEST) {
      host.indexing(variant, vectors, from, from + PER_REQUEST).call();
      if ((from + PER_REQUEST) % perSegment == 0) {
        host.refreshing(variant).call();
      }
    }
    double built = host.buildSeconds();
    double cpu = host.cpuSeconds();
    long indexed = System.nanoTime();
    host.forceMerge(variant);
    long merged = System.nanoTime();
    assertEquals(count, host.count(variant));
    return new double[] {
      (indexed - start) / 1e9,
      (merged - indexed) / 1e9,
      host.cpuSeconds() - cpu,
      host.buildSeconds() - built
    };
  }

  /**
   * Latencies under a load that arrives by a timetable: indexing, a refresh each second, searches
   * for ten hits. Counted from when a request was due, so that waiting for the one before counts.
   */
  public void latencies() throws Exception {
    RealVectors vectors = RealVectors.read(INDEXED_A_SECOND * LOAD_SECONDS, QUERIES);
    say(
        "%s, %d processors; each second %d vectors of %d dimensions (wordnet-minilm) in %d"
            + " requests, a refresh, %d searches, for %d s; ms",
        host.description(),
        Runtime.getRuntime().availableProcessors(),
        INDEXED_A_SECOND,
        RealVectors.DIMENSION,
        INDEXINGS_A_SECOND,
        SEARCHES_A_SECOND,
        LOAD_SECONDS);
    for (String variant : host.variants()) {
      loadOnce(variant, vectors, WARM_UP_SECONDS);
    }
    inTurns(
        host.variants(),
        LOAD_ROUNDS,
        List.of(
            "refresh p50",
            "p99",
            "max",
            "search p50",
            "p99",
            "max",
            "index p50",
            "p99",
            "max",
            "cpu s"),
        variant -> loadOnce(variant, vectors, LOAD_SECONDS));
  }

  private double[] loadOnce(String variant, RealVectors vectors, int seconds) throws Exception {
    host.create(variant, false);
    int perRequest = INDEXED_A_SECOND / INDEXINGS_A_SECOND;
    ExecutorService clients = Executors.newFixedThreadPool(3);
    try {
      double cpu = host.cpuSeconds();
      long start = System.nanoTime();
      List<Future<double[]>> measured =
          List.of(
              clients.submit(() -> load(start, 1, seconds, number -> host.refreshing(variant))),
              clients.submit(
                  () ->
                      load(
                          start,
                          SEARCHES_A_SECOND,
                          seconds,
                          number ->
                              host.searching(variant, vectors.queries()[number % QUERIES], HITS))),
              clients.submit(
                  () ->
                      load(
                          start,
                          INDEXINGS_A_SECOND,
                          seconds,
                          number ->
                              host.indexing(
                                  variant,
                                  vectors.documents(),
                                  number * perRequest,
                                  (number + 1) * perRequest))));
      double[] all = new double[10];
      for (int kind = 0; kind < 3; kind++) {
        System.arraycopy(measured.get(kind).get(), 0, all, 3 * kind, 3);
      }
      all[9] = host.cpuSeconds() - cpu;
      host.refreshing(variant).call();
      assertEquals(INDEXED_A_SECOND * seconds, host.count(variant));
      return all;
    } finally {
      clients.shutdown();
      host.drop(variant);
    }
  }

  /** Makes the request of a number. */
  private interface Requests {
    Callable<?> request(int number);
  }

  /** Sends requests by the timetable; p50, p99 and the maximum in ms. */
  private static double[] load(long start, int aSecond, int seconds, Requests requests)
      throws Exception {
    double[] millis = new double[aSecond * seconds];
    for (int number = 0; number < millis.length; number++) {
      Callable<?> request = requests.request(number);
      long due = start + (long) ((number + 1) * (1e9 / aSecond));
      long early = due - System.nanoTime();
      if (early > 0) {
        Thread.sleep(early / 1_000_000, (int) (early % 1_000_000));
      }
      request.call();
      millis[number] = (System.nanoTime() - due) / 1e6;
    }
    Arrays.sort(millis);
    return new double[] {
      millis[millis.length / 2],
      millis[(int) Math.ceil(0.99 * millis.length) - 1],
      millis[millis.length - 1]
    };
  }

  /** Measures one variant once. */
  private interface Turn {
    double[] measure(String variant) throws Exception;
  }

  private void inTurns(List<String> variants, int rounds, List<String> names, Turn turn)
      throws Exception {
    say("%-24s  %s", "", String.join("  ", names));
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < variants.size(); i++) {
        String variant = variants.get((i + round) % variants.size());
        double[] measured = turn.measure(variant);
        turns.computeIfAbsent(variant, v -> new ArrayList<>()).add(measured);
        sayRow("round " + round + " " + variant, names, measured);
        host.drop(variant);
      }
    }
    for (String variant : variants) {
      sayRow("median  " + variant, names, median(turns.get(variant)));
    }
  }

  /** Of each column; of two values their mean. */
  private static double[] median(List<double[]> rows) {
    double[] medians = new double[rows.get(0).length];
    for (int column = 0; column < medians.length; column++) {
      int c = column;
      double[] sorted = rows.stream().mapToDouble(row -> row[c]).sorted().toArray();
      medians[c] = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
    return medians;
  }

  private static void sayRow(String title, List<String> names, double[] values) {
    StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%-24s", title));
    for (int i = 0; i < values.length; i++) {
      String format = "  %" + Math.max(6, names.get(i).length()) + "." + (values[i] < 1 ? 4 : 1);
      row.append(String.format(Locale.ROOT, format + "f", values[i]));
    }
    say("%s", row);
  }

  private static void say(String format, Object... arguments) {
    System.out.println(String.format(Locale.ROOT, format, arguments));
  }
}
