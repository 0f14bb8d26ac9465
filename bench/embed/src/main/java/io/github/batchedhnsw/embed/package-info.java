/** Sentence embeddings in a process of their own, for {@code bench/run embed}. */
package io.github.batchedhnsw.embed;
