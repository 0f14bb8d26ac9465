// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

/**
 * A graph that was built and written, as reported to a {@link BuildListener}.
 *
 * @param segment name of the segment
 * @param field name of the field
 * @param plan how it was actually built: {@code bulk}, {@code insertion} or {@code extension}
 * @param vectors number of vectors
 * @param dimension of the vectors
 * @param workers most threads that were used
 * @param nanos duration, writing included
 * @param estimatedRecall estimated recall of the ten nearest neighbours by a search of width 40,
 *     with sampled vectors of the segment as queries; NaN if it was not estimated
 */
public record BuiltGraph(
    String segment,
    String field,
    String plan,
    int vectors,
    int dimension,
    int workers,
    long nanos,
    double estimatedRecall) {}
