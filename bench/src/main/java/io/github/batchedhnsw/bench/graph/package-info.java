// SPDX-License-Identifier: Apache-2.0
/** What the HNSW graphs of an index look like: {@code graph}. */
package io.github.batchedhnsw.bench.graph;
