// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.LiveIndexWriterConfig;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.SegmentReader;

/**
 * Replaces the vector graphs of an index by new ones: useful if graphs have decayed over many
 * merges, were built with small parameters, or contain many deleted documents.
 *
 * <p>Every segment is merged alone, by Lucene's own means: the others stay apart from it, deleted
 * documents are left out, and the graphs are built from the vectors alone, whatever the previous
 * graphs were.
 *
 * <pre>{@code
 * config.setCodec(BatchedHnswCodec.wrap(codec, options)); // with the parameters that are wanted
 * try (IndexWriter writer = new IndexWriter(directory, config)) {
 *   GraphRebuild.rebuild(writer);
 * }
 * }</pre>
 */
public final class GraphRebuild {
  /**
   * Key in {@link SegmentInfo#getDiagnostics} of a rebuilt segment. The value is the name of the
   * segment that it has replaced.
   */
  public static final String DIAGNOSTIC = "batchedhnsw.rebuilt";

  private GraphRebuild() {}

  /**
   * Rebuilds the graphs of all segments with a vector field that the writer's codec gives one of
   * our formats, and commits. Returns when that is done. The writer may be in use at the same time:
   * segments that are flushed later are not rebuilt, and the commit contains everything that is in
   * the writer.
   *
   * <p>The commit comes last. Until then the previous commit stays as it is, whatever happens: a
   * killed process, a full disk or an exception loses nothing. The disk must hold the old and the
   * new segments at the same time. If this method throws, the writer can be used as after any
   * failed merge; what has been rebuilt by then is in its next commit, and rolling it back drops
   * that.
   *
   * <p>All of a segment's files are written anew, with the codec, the index sort and the merge
   * scheduler of the writer. Its merge policy continues to choose the other merges, but does not
   * influence these: if the writer has a field for soft deletes, documents that are deleted softly
   * are kept, with their vectors.
   *
   * <p>Must not be called for the same writer by two threads at the same time.
   *
   * @param writer whose codec is one that {@link BatchedHnswCodec} has wrapped, or has one of our
   *     formats
   * @throws IllegalArgumentException if the index has vectors and none of their fields has one of
   *     our formats
   * @throws IOException if a segment cannot be read or written
   */
  public static void rebuild(IndexWriter writer) throws IOException {
    Set<String> others = segmentsWithoutGraphsOfOurs(writer);
    LiveIndexWriterConfig config = writer.getConfig();
    MergePolicy before = config.getMergePolicy();
    MergePolicy ours = new RebuildMergePolicy(before, others, config.getSoftDeletesField());
    config.setMergePolicy(ours);
    try {
      writer.forceMerge(Integer.MAX_VALUE);
    } finally {
      if (config.getMergePolicy() == ours) {
        config.setMergePolicy(before);
      }
    }
    writer.commit();
  }

  /** Whether new graphs were requested for the segment that is being written. */
  static boolean isAskedFor(SegmentInfo segment) {
    return segment.getDiagnostics().containsKey(DIAGNOSTIC);
  }

  private static Set<String> segmentsWithoutGraphsOfOurs(IndexWriter writer) throws IOException {
    KnnVectorsFormat format = writer.getConfig().getCodec().knnVectorsFormat();
    Set<String> others = new HashSet<>();
    boolean anyVectors = false;
    boolean anyOfOurs = false;
    try (DirectoryReader reader = DirectoryReader.open(writer)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        FieldInfos fields = leaf.reader().getFieldInfos();
        boolean ours = hasOurs(fields, format);
        anyOfOurs |= ours;
        anyVectors |= fields.hasVectorValues();
        if (!ours) {
          others.add(((SegmentReader) leaf.reader()).getSegmentName());
        }
      }
    }
    if (anyVectors && !anyOfOurs) {
      throw new IllegalArgumentException(
          "the writer's codec must write vectors with a format of lucene-batched-hnsw, see"
              + " BatchedHnswCodec.wrap; codec="
              + writer.getConfig().getCodec());
    }
    return others;
  }

  private static boolean hasOurs(FieldInfos fields, KnnVectorsFormat format) {
    for (FieldInfo field : fields) {
      if (field.hasVectorValues()
          && (format instanceof PerFieldKnnVectorsFormat perField
                  ? perField.getKnnVectorsFormatForField(field.name)
                  : format)
              instanceof BatchedHnswFormat) {
        return true;
      }
    }
    return false;
  }
}
