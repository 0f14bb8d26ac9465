// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.embed;

import java.util.List;
import java.util.Locale;

/**
 * The sentence-embedding models, all with 384 components. A model that was trained with prefixes
 * gets them, as its card says.
 */
public enum TextModel {
  /** all-MiniLM-L6-v2: trained without prefixes. */
  MINILM("all-minilm-l6-v2-q", "MEAN", "", ""),
  /** e5-small-v2: trained with a prefix for either side. */
  E5("e5-small-v2-q", "MEAN", "passage: ", "query: "),
  /** bge-small-en-v1.5: trained with an instruction before queries only. */
  BGE(
      "bge-small-en-v1.5-q",
      "CLS",
      "",
      "Represent this sentence for searching relevant passages: ");

  /** Components of every vector. */
  public static final int DIMENSION = 384;

  private final String file;
  private final String pooling;
  private final String documentPrefix;
  private final String queryPrefix;

  TextModel(String file, String pooling, String documentPrefix, String queryPrefix) {
    this.file = file;
    this.pooling = pooling;
    this.documentPrefix = documentPrefix;
    this.queryPrefix = queryPrefix;
  }

  /** The name of its class path, see {@code bench/embed/classpath}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What its files are called on its class path, without endings. */
  String file() {
    return file;
  }

  /** How the vectors of tokens become one: a name of langchain4j's {@code PoolingMode}. */
  String pooling() {
    return pooling;
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
