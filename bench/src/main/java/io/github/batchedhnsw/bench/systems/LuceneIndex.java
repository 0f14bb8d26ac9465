// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import static io.github.batchedhnsw.bench.systems.RowDocument.ROW_FIELD;
import static io.github.batchedhnsw.bench.systems.RowDocument.VECTOR_FIELD;

import io.github.batchedhnsw.bench.data.RowFilter;
import io.github.batchedhnsw.bench.data.Vectors;
import io.github.batchedhnsw.bench.graph.VectorReaders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/** A Lucene index searched segment by segment through the segments' own vector readers. */
final class LuceneIndex implements BuiltIndex {
  private record Segment(KnnVectorsReader reader, AcceptDocs accepted, int[] docToRow) {}

  private final Directory directory;
  private final DirectoryReader reader;
  private final Vectors queries;
  private final List<Segment> segments = new ArrayList<>();
  private final Map<RowFilter, Query> filters = new HashMap<>();
  private final IndexSearcher searcher;

  LuceneIndex(Path path, Vectors queries) throws IOException {
    this.queries = queries;
    directory = FSDirectory.open(path);
    reader = DirectoryReader.open(directory);
    searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    for (LeafReaderContext leaf : reader.leaves()) {
      CodecReader codecReader = (CodecReader) leaf.reader();
      segments.add(
          new Segment(
              VectorReaders.vectors(codecReader, VECTOR_FIELD),
              AcceptDocs.fromLiveDocs(codecReader.getLiveDocs(), codecReader.maxDoc()),
              rows(codecReader)));
    }
  }

  private static int[] rows(CodecReader segment) throws IOException {
    int[] rows = new int[segment.maxDoc()];
    NumericDocValues values = segment.getNumericDocValues(ROW_FIELD);
    while (values.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
      rows[values.docID()] = Math.toIntExact(values.longValue());
    }
    return rows;
  }

  @Override
  public Found search(int query, int width) throws IOException {
    if (segments.size() == 1) {
      return search(segments.getFirst(), query, width).found();
    }
    return search(query, width, this::search);
  }

  @Override
  public BuiltIndex rescored() {
    return new BuiltIndex() {
      @Override
      public Found search(int query, int width) throws IOException {
        return LuceneIndex.this.search(query, width, LuceneIndex.this::searchAndRescore);
      }

      @Override
      public Found searchFiltered(int query, int k, RowFilter filter) {
        throw new UnsupportedOperationException("filtered searches are not rescored");
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Found searchFiltered(int query, int k, RowFilter filter) throws IOException {
    LongAdder visited = new LongAdder();
    Query accepted = filters.computeIfAbsent(filter, this::query);
    TopDocs best =
        searcher.search(queries.filteredQuery(VECTOR_FIELD, query, k, accepted, visited::add), k);
    int[] rows = new int[best.scoreDocs.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = row(best.scoreDocs[i].doc);
    }
    return new Found(rows, visited.sum());
  }

  private int row(int doc) {
    List<LeafReaderContext> leaves = reader.leaves();
    int segment = ReaderUtil.subIndex(doc, leaves);
    return segments.get(segment).docToRow()[doc - leaves.get(segment).docBase];
  }

  private Query query(RowFilter filter) {
    return new RowFilterQuery(filter, segments.stream().map(Segment::docToRow).toList());
  }

  @FunctionalInterface
  private interface SegmentSearch {
    Scored search(Segment segment, int query, int width) throws IOException;
  }

  private Found search(int query, int width, SegmentSearch perSegment) throws IOException {
    List<Hit> hits = new ArrayList<>();
    long visited = 0;
    for (Segment segment : segments) {
      Scored scored = perSegment.search(segment, query, width);
      visited += scored.found().visited();
      for (int i = 0; i < scored.scores().length; i++) {
        hits.add(new Hit(scored.found().rows()[i], scored.scores()[i]));
      }
    }
    hits.sort(Comparator.comparingDouble(Hit::score).reversed().thenComparingInt(Hit::row));
    int[] rows = hits.stream().limit(width).mapToInt(Hit::row).toArray();
    return new Found(rows, visited);
  }

  private record Hit(int row, float score) {}

  private record Scored(Found found, float[] scores) {}

  private Scored search(Segment segment, int query, int width) throws IOException {
    TopKnnCollector collector = collect(segment, query, width);
    long visited = collector.visitedCount();
    ScoreDoc[] best = collector.topDocs().scoreDocs;
    int[] rows = new int[best.length];
    float[] scores = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = segment.docToRow()[best[i].doc];
      scores[i] = best[i].score;
    }
    return new Scored(new Found(rows, visited), scores);
  }

  private TopKnnCollector collect(Segment segment, int query, int width) throws IOException {
    TopKnnCollector collector = new TopKnnCollector(width, Integer.MAX_VALUE);
    queries.search(segment.reader(), VECTOR_FIELD, query, collector, segment.accepted());
    return collector;
  }

  private Scored searchAndRescore(Segment segment, int query, int width) throws IOException {
    TopKnnCollector collector = collect(segment, query, width);
    long visited = collector.visitedCount();
    int[] docs =
        Arrays.stream(collector.topDocs().scoreDocs).mapToInt(hit -> hit.doc).sorted().toArray();
    float[] scores = queries.rescore(segment.reader(), VECTOR_FIELD, query, docs);
    int[] rows = Arrays.stream(docs).map(doc -> segment.docToRow()[doc]).toArray();
    return new Scored(new Found(rows, visited), scores);
  }

  @Override
  public void close() throws IOException {
    reader.close();
    directory.close();
  }
}
