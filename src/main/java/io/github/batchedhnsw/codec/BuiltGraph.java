package io.github.batchedhnsw.codec;

/**
 * What a {@link BuildListener} is told of a graph.
 *
 * @param segment name of the segment
 * @param field name of the field
 * @param plan how it was built, such as {@code bulk} or {@code insertion}
 * @param vectors number of vectors
 * @param dimension of the vectors
 * @param workers most threads that were used
 * @param nanos duration, writing included
 */
public record BuiltGraph(
    String segment,
    String field,
    String plan,
    int vectors,
    int dimension,
    int workers,
    long nanos) {}
