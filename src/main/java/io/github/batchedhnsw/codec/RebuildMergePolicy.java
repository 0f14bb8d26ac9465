// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.FilterMergePolicy;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SoftDeletesRetentionMergePolicy;
import org.apache.lucene.search.MatchAllDocsQuery;

/**
 * Makes a forced merge merge every segment alone, once, and marks the results, so that the writer
 * builds new graphs for them. Keeps documents that are deleted softly. All other merges are left to
 * another policy. An instance serves one forced merge.
 *
 * <p>Thread-safe: {@code IndexWriter} calls it on the threads of all merges.
 */
final class RebuildMergePolicy extends FilterMergePolicy {
  private final Set<String> settled = ConcurrentHashMap.newKeySet();
  private final MergePolicy singles;

  /**
   * A policy for one forced merge.
   *
   * @param others chooses the other merges
   * @param excluded names of segments that are left as they are
   * @param softDeletesField of the index, or null
   */
  RebuildMergePolicy(MergePolicy others, Set<String> excluded, String softDeletesField) {
    super(others);
    settled.addAll(excluded);
    MergePolicy each = new Singles(others, settled);
    this.singles =
        softDeletesField == null
            ? each
            : new SoftDeletesRetentionMergePolicy(softDeletesField, MatchAllDocsQuery::new, each);
  }

  @Override
  public MergeSpecification findForcedMerges(
      SegmentInfos segments,
      int maxSegmentCount,
      Map<SegmentCommitInfo, Boolean> segmentsToMerge,
      MergeContext context)
      throws IOException {
    MergeSpecification found =
        singles.findForcedMerges(segments, maxSegmentCount, segmentsToMerge, context);
    if (found == null) {
      return null;
    }
    MergeSpecification marked = new MergeSpecification();
    for (OneMerge merge : found.merges) {
      marked.add(new Rebuild(merge, settled));
    }
    return marked;
  }

  /** Merges each segment that is not yet settled alone, and marks it as settled. */
  private static final class Singles extends FilterMergePolicy {
    private final Set<String> settled;

    Singles(MergePolicy others, Set<String> settled) {
      super(others);
      this.settled = settled;
    }

    @Override
    public MergeSpecification findForcedMerges(
        SegmentInfos segments,
        int maxSegmentCount,
        Map<SegmentCommitInfo, Boolean> segmentsToMerge,
        MergeContext context) {
      MergeSpecification found = new MergeSpecification();
      for (SegmentCommitInfo segment : segments) {
        // Lucene asks again for the result when a merge has ended.
        if (segmentsToMerge.containsKey(segment)
            && !context.getMergingSegments().contains(segment)
            && settled.add(segment.info.name)) {
          found.add(new OneMerge(List.of(segment)));
        }
      }
      return found.merges.isEmpty() ? null : found;
    }
  }

  /** A merge of one segment, which its result replaces. */
  private static final class Rebuild extends OneMerge {
    private final OneMerge merge;
    private final Set<String> settled;

    Rebuild(OneMerge merge, Set<String> settled) {
      super(merge.segments);
      this.merge = merge;
      this.settled = settled;
    }

    @Override
    public CodecReader wrapForMerge(CodecReader reader) throws IOException {
      return merge.wrapForMerge(reader);
    }

    @Override
    public void setMergeInfo(SegmentCommitInfo result) {
      super.setMergeInfo(result);
      if (result != null) {
        String name = segments.getFirst().info.name;
        result.info.addDiagnostics(Map.of(GraphRebuild.DIAGNOSTIC, name));
        settled.add(result.info.name);
      }
    }
  }
}
