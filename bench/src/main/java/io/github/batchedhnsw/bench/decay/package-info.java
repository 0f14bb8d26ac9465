// SPDX-License-Identifier: Apache-2.0
/** What successive merges with deletes and updates do to a graph: {@code decay}. */
package io.github.batchedhnsw.bench.decay;
