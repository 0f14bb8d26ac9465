// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import io.github.batchedhnsw.bench.data.RowFilter;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.ConstantScoreScorerSupplier;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.FixedBitSet;

/**
 * The documents of one reader whose rows pass a filter. The set of each segment is made beforehand,
 * so that a search does not pay for finding it.
 */
final class RowFilterQuery extends Query {
  private final RowFilter filter;
  private final List<FixedBitSet> accepted = new ArrayList<>();

  /**
   * @param docToRow per segment of the reader, the row of every document
   */
  RowFilterQuery(RowFilter filter, List<int[]> docToRow) {
    this.filter = filter;
    for (int[] rows : docToRow) {
      FixedBitSet documents = new FixedBitSet(rows.length);
      for (int doc = 0; doc < rows.length; doc++) {
        if (filter.accepts(rows[doc])) {
          documents.set(doc);
        }
      }
      accepted.add(documents);
    }
  }

  @Override
  public Weight createWeight(IndexSearcher searcher, ScoreMode scoreMode, float boost) {
    return new ConstantScoreWeight(this, boost) {
      @Override
      public ScorerSupplier scorerSupplier(LeafReaderContext segment) {
        FixedBitSet documents = accepted.get(segment.ord);
        return ConstantScoreScorerSupplier.fromIterator(
            new BitSetIterator(documents, documents.cardinality()),
            score(),
            scoreMode,
            documents.length());
      }

      @Override
      public boolean isCacheable(LeafReaderContext segment) {
        return false;
      }
    };
  }

  @Override
  public void visit(QueryVisitor visitor) {
    visitor.visitLeaf(this);
  }

  @Override
  public String toString(String field) {
    return filter.name();
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
