/**
 * Build time by workers and by number of vectors, and whether the bytes stay the same: {@code
 * scaling}.
 */
package io.github.batchedhnsw.bench.scaling;
