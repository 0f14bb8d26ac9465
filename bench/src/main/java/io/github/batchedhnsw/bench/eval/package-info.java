// SPDX-License-Identifier: Apache-2.0
/** Exact neighbours, searches, and the verdict on equal quality. */
package io.github.batchedhnsw.bench.eval;
