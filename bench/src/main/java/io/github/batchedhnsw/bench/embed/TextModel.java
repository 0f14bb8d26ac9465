package io.github.batchedhnsw.bench.embed;

import java.util.List;
import java.util.Locale;

/**
 * The sentence-embedding models, all with 384 components. A model that was trained with prefixes
 * gets them, as its card says.
 */
public enum TextModel {
  /** all-MiniLM-L6-v2: trained without prefixes. */
  MINILM("", ""),
  /** e5-small-v2: trained with a prefix for either side. */
  E5("passage: ", "query: "),
  /** bge-small-en-v1.5: trained with an instruction before queries only. */
  BGE("", "Represent this sentence for searching relevant passages: ");

  /** Components of every vector. */
  public static final int DIMENSION = 384;

  private final String documentPrefix;
  private final String queryPrefix;

  TextModel(String documentPrefix, String queryPrefix) {
    this.documentPrefix = documentPrefix;
    this.queryPrefix = queryPrefix;
  }

  /** The name of its class path, see {@code bench/embed/classpath}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name of its vectors of WordNet. */
  public String set() {
    return "wordnet-" + id();
  }

  /** Documents as this model wants them. */
  List<String> documents(List<String> texts) {
    return texts.stream().map(text -> documentPrefix + text).toList();
  }

  /** Queries as this model wants them. */
  List<String> queries(List<String> texts) {
    return texts.stream().map(text -> queryPrefix + text).toList();
  }
}
