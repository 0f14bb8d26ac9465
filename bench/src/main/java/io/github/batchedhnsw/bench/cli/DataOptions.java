// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.data.DataRequest;
import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.GeneratorParams;
import io.github.batchedhnsw.bench.data.NearDuplicates;
import io.github.batchedhnsw.bench.data.QuerySource;
import io.github.batchedhnsw.bench.data.RowOrder;
import io.github.batchedhnsw.bench.data.SiftHistogram;
import io.github.batchedhnsw.bench.data.SourceRequest;
import io.github.batchedhnsw.bench.data.Transformation;
import io.github.batchedhnsw.bench.data.Transformations;
import io.github.batchedhnsw.bench.data.TwoPopulations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import picocli.CommandLine.Option;

/** Options that choose the vectors; the same for every command. */
final class DataOptions {
  private static final int DEFAULT_COPIES = 10;
  private static final double DEFAULT_COPY_NOISE = 0.01;

  /** What components become. */
  private enum Shape {
    SIFT,
    BINARY
  }

  @Option(
      names = "--data",
      paramLabel = "NAME|FILE",
      defaultValue = "wordnet-25k",
      description =
          "real: wordnet-25k, and made by bench/run embed: wordnet-minilm, wordnet-e5, wordnet-bge,"
              + " wordnet-768, wordnet-1152, glove-100 (all also with -mip, for"
              + " MAXIMUM_INNER_PRODUCT); given: mnist, mnist-windows; generated: demo, gen768,"
              + " gen128, hard128, uniform64, microclusters, shifted, huge-component,"
              + " two-populations, sift-like, binary, heavy-norms, near-duplicates; or a file: .fvecs"
              + " .bvecs .ivecs .fbin .u8bin .ibin"
              + " .vec .hdf5 .gz (IDX) .npy .npy.gz (default: ${DEFAULT-VALUE})")
  private String data;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "vectors to index (default: all that are no queries, or the generated set's)")
  private Integer count;

  @Option(
      names = "--dim",
      paramLabel = "D",
      description = "dimension: of a .vec file, or of generated vectors; other files must have it")
  private Integer dimension;

  @Option(
      names = "--queries",
      paramLabel = "N",
      defaultValue = "1000",
      description = "how many queries (default: ${DEFAULT-VALUE})")
  private int queries;

  @Option(
      names = "--queries-from",
      defaultValue = "held-out",
      description =
          "real sets: ${COMPLETION-CANDIDATES}; ood: example sentences and lemmas, of another"
              + " distribution than the definitions (default: ${DEFAULT-VALUE})")
  private QuerySource queriesFrom;

  @Option(
      names = "--query-file",
      paramLabel = "FILE",
      description = "with a file as --data: queries from another one")
  private Path queryFile;

  @Option(
      names = "--mnist-file",
      paramLabel = "FILE",
      description = "IDX .gz of images for mnist and mnist-windows (default: $BENCH_MNIST)")
  private Path mnistFile;

  @Option(
      names = "--metric",
      description = "${COMPLETION-CANDIDATES} (default: the set's, EUCLIDEAN for files)")
  private VectorSimilarityFunction metric;

  @Option(
      names = "--encoding",
      defaultValue = "FLOAT32",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private VectorEncoding encoding;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "of all that is drawn (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--sorted",
      description =
          "what is alike comes together: the natural order of a real set, else cluster after cluster"
              + " (default: shuffled, files as they are)")
  private boolean sorted;

  @Option(names = "--latent", description = "generator: latent dimension")
  private Integer latent;

  @Option(names = "--clusters", description = "generator: clusters")
  private Integer clusters;

  @Option(
      names = "--spread",
      description = "generator of manifolds: deviation of a cluster; centres have 1")
  private Double spread;

  @Option(
      names = "--noise",
      description = "generator: ambient noise, of manifolds relative to a component's deviation")
  private Double noise;

  @Option(
      names = "--points",
      description = "generator: points per microcluster when there is no --count (default: 10)")
  private Integer points;

  @Option(
      names = "--duplicates",
      defaultValue = "0",
      description = "generator of manifolds: percent of exact copies (default: ${DEFAULT-VALUE})")
  private double duplicatesPercent;

  @Option(
      names = "--near-duplicates",
      paramLabel = "N",
      description =
          "any set: each vector N times, all but once with noise, in place of others (default with"
              + " --copy-noise: 10)")
  private Integer nearDuplicates;

  @Option(
      names = "--copy-noise",
      paramLabel = "SD",
      description = "of near duplicates, relative to a component's deviation (default: 0.01)")
  private Double copyNoise;

  @Option(
      names = "--two-populations",
      paramLabel = "DISTANCE",
      description =
          "any set: half of it gets its components reversed and moves that far, in root mean square"
              + " norms")
  private Double twoPopulations;

  @Option(
      names = "--shape",
      description = "any set: components become ${COMPLETION-CANDIDATES}: 0..255 or 0 and 1")
  private Shape shape;

  @Option(names = "--scale", paramLabel = "K", description = "any set: times K")
  private Double scale;

  @Option(names = "--shift", paramLabel = "S", description = "any set: plus S, after --scale")
  private Double shift;

  @Option(
      names = "--huge-component",
      paramLabel = "VALUE",
      description = "any set: component 0 becomes VALUE everywhere")
  private Double hugeComponent;

  @Option(
      names = "--heavy-norms",
      paramLabel = "SHAPE",
      description =
          "any set: vectors get Pareto norms of that shape, queries stay; for"
              + " MAXIMUM_INNER_PRODUCT")
  private Double heavyNorms;

  /** The request that these options make. */
  DataRequest request() {
    if (mnistFile == null && System.getenv("BENCH_MNIST") != null) {
      mnistFile = Path.of(System.getenv("BENCH_MNIST"));
    }
    GeneratorParams generator =
        new GeneratorParams(latent, clusters, spread, noise, points, duplicatesPercent);
    return new DataRequest(
        new SourceRequest(
            data, count, dimension, queries, queriesFrom, queryFile, mnistFile, generator),
        metric,
        encoding,
        sorted ? RowOrder.SORTED : RowOrder.SHUFFLED,
        seed,
        transformations());
  }

  private Transformations transformations() {
    List<Transformation> list = new ArrayList<>();
    if (nearDuplicates != null || copyNoise != null) {
      list.add(
          new NearDuplicates(
              nearDuplicates == null ? DEFAULT_COPIES : nearDuplicates,
              copyNoise == null ? DEFAULT_COPY_NOISE : copyNoise));
    }
    if (twoPopulations != null) {
      list.add(new TwoPopulations(twoPopulations));
    }
    if (shape != null) {
      list.add(
          switch (shape) {
            case SIFT -> new SiftHistogram();
            case BINARY -> new Transformation.Binary();
          });
    }
    if (scale != null) {
      list.add(new Transformation.Scale(scale));
    }
    if (shift != null) {
      list.add(new Transformation.Shift(shift));
    }
    if (hugeComponent != null) {
      list.add(new Transformation.HugeComponent(hugeComponent));
    }
    if (heavyNorms != null) {
      list.add(new Transformation.HeavyNorms(heavyNorms));
    }
    return new Transformations(list);
  }

  Dataset load() throws IOException {
    return request().load();
  }
}
