/** Makes the real data sets, once, into a cache: {@code embed}. */
package io.github.batchedhnsw.bench.embed;
