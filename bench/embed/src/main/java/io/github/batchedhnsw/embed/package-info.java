// SPDX-License-Identifier: Apache-2.0
/** Sentence embeddings in a process of their own, for {@code bench/run embed}. */
package io.github.batchedhnsw.embed;
