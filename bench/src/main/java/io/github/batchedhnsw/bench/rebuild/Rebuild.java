// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.rebuild;

import static io.github.batchedhnsw.bench.report.Figures.format;

import io.github.batchedhnsw.bench.report.Table;
import io.github.batchedhnsw.bench.systems.HnswMessages;
import io.github.batchedhnsw.codec.BuildListener;
import io.github.batchedhnsw.codec.BuildOptions;
import io.github.batchedhnsw.codec.BuiltGraph;
import io.github.batchedhnsw.codec.GraphRebuild;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.FilterMergePolicy;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.IOSupplier;
import org.apache.lucene.util.Version;

/**
 * Rebuilds the graphs of an index that nobody writes to.
 *
 * @param index where it lies
 * @param maxConn M; null for that of the graphs
 * @param beamWidth candidates tracked while building
 * @param workers threads that build a graph
 * @param sample live vectors by which a graph is judged
 */
public record Rebuild(Path index, Integer maxConn, int beamWidth, int workers, int sample) {
  private static final List<String> HEADER =
      List.of(
          "segment",
          "field",
          "vectors",
          "deleted",
          "recall@10 at 40",
          "after",
          "degree",
          "after",
          "unreachable",
          "after",
          "seconds");

  /** A graph's segment and field. */
  private record Place(String segment, String field) {}

  /**
   * Rebuilds, and compares the graphs before with those after.
   *
   * @throws IOException when the index cannot be read or written; its last commit is as before then
   */
  public Table run() throws IOException {
    try (Directory directory = FSDirectory.open(index)) {
      Map<Place, Double> seconds = new ConcurrentHashMap<>();
      Map<Place, FieldQuality> before = qualities(directory);
      ExecutorService pool = workers > 1 ? Executors.newFixedThreadPool(workers - 1) : null;
      try {
        BuildListener listener =
            new BuildListener() {
              @Override
              public void built(BuiltGraph graph) {
                seconds.put(new Place(graph.segment(), graph.field()), graph.nanos() / 1e9);
              }
            };
        rebuild(
            directory, BuildOptions.DEFAULT.withWorkers(workers, 1, pool).withListener(listener));
      } finally {
        if (pool != null) {
          pool.shutdownNow();
        }
      }
      return table(before, qualities(directory), replacements(directory), seconds);
    }
  }

  private void rebuild(Directory directory, BuildOptions options) throws IOException {
    IndexWriter writer = new IndexWriter(directory, config(directory, options));
    try {
      GraphRebuild.rebuild(writer);
    } finally {
      writer.rollback(); // what has been committed stays
    }
  }

  /** Settings of a writer that leave everything but the graphs as it is. */
  private IndexWriterConfig config(Directory directory, BuildOptions options) throws IOException {
    Version committed = SegmentInfos.readLatestCommit(directory).getCommitLuceneVersion();
    if (committed.major != Version.LATEST.major || committed.minor != Version.LATEST.minor) {
      throw new IOException(
          "the index belongs to Lucene %s, which may not read what %s writes; add --lucene %s"
              .formatted(committed, Version.LATEST, committed));
    }
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      List<SegmentReader> segments = segments(reader);
      if (segments.isEmpty()) {
        throw new IOException("the index has no documents; index=" + index);
      }
      RecordedCodec codec =
          new RecordedCodec(segments, new RecordedCodec.GraphSettings(maxConn, beamWidth, options));
      boolean compound =
          segments.stream().anyMatch(s -> s.getSegmentInfo().info.getUseCompoundFile());
      FieldInfos fields = FieldInfos.getMergedFieldInfos(reader);
      IndexWriterConfig config =
          new IndexWriterConfig()
              .setCodec(codec)
              .setOpenMode(IndexWriterConfig.OpenMode.APPEND)
              .setCommitOnClose(false)
              .setInfoStream(HnswMessages.stream())
              .setMergeScheduler(new SerialMergeScheduler())
              .setMergePolicy(new NoMerges(compound, fields.getSoftDeletesField() != null));
      if (segments.getFirst().getMetaData().sort() != null) {
        config.setIndexSort(segments.getFirst().getMetaData().sort());
      }
      if (fields.getSoftDeletesField() != null) {
        config.setSoftDeletesField(fields.getSoftDeletesField());
      }
      if (fields.getParentField() != null) {
        config.setParentField(fields.getParentField());
      }
      return config;
    }
  }

  /** Merges nothing by itself, and says how {@link GraphRebuild} writes segments anew. */
  private static final class NoMerges extends FilterMergePolicy {
    private final boolean compound;
    private final boolean softDeletes;

    NoMerges(boolean compound, boolean softDeletes) {
      super(NoMergePolicy.INSTANCE);
      this.compound = compound;
      this.softDeletes = softDeletes;
    }

    @Override
    public boolean useCompoundFile(
        SegmentInfos infos, SegmentCommitInfo merged, MergeContext context) {
      return compound;
    }

    /** Keeps soft-deleted documents, as {@link GraphRebuild} does. */
    @Override
    public boolean keepFullyDeletedSegment(IOSupplier<CodecReader> segment) {
      return softDeletes;
    }
  }

  private static List<SegmentReader> segments(DirectoryReader reader) {
    List<SegmentReader> segments = new ArrayList<>();
    reader.leaves().forEach(leaf -> segments.add((SegmentReader) leaf.reader()));
    return segments;
  }

  private Map<Place, FieldQuality> qualities(Directory directory) throws IOException {
    Map<Place, FieldQuality> qualities = new LinkedHashMap<>();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (SegmentReader segment : segments(reader)) {
        for (FieldInfo field : segment.getFieldInfos()) {
          if (RecordedCodec.hasVectors(field)) {
            qualities.put(
                new Place(segment.getSegmentName(), field.name),
                FieldQuality.of(segment, field, sample));
          }
        }
      }
    }
    return qualities;
  }

  /** The segment in place of each that was there before. */
  private static Map<String, String> replacements(Directory directory) throws IOException {
    Map<String, String> replacements = new HashMap<>();
    for (SegmentCommitInfo segment : SegmentInfos.readLatestCommit(directory)) {
      String replaced = segment.info.getDiagnostics().get(GraphRebuild.DIAGNOSTIC);
      if (replaced != null) {
        replacements.put(replaced, segment.info.name);
      }
    }
    return replacements;
  }

  private static Table table(
      Map<Place, FieldQuality> before,
      Map<Place, FieldQuality> after,
      Map<String, String> replacements,
      Map<Place, Double> seconds) {
    Table table = new Table(HEADER);
    before.forEach(
        (place, old) -> {
          String segment = replacements.getOrDefault(place.segment, "none"); // all deleted
          FieldQuality now = after.get(new Place(segment, place.field));
          table.add(
              List.of(
                  place.segment + " -> " + segment,
                  place.field,
                  Integer.toString(old.vectors()),
                  Integer.toString(old.vectors() - old.live()),
                  figure("%.3f", old.recall()),
                  now == null ? "-" : figure("%.3f", now.recall()),
                  figure("%.1f", old.meanDegree()),
                  now == null ? "-" : figure("%.1f", now.meanDegree()),
                  Integer.toString(old.unreachable()),
                  now == null ? "-" : Integer.toString(now.unreachable()),
                  figure(
                      "%.2f", seconds.getOrDefault(new Place(segment, place.field), Double.NaN))));
        });
    return table;
  }

  private static String figure(String pattern, double value) {
    return Double.isNaN(value) ? "-" : format(pattern, value);
  }
}
