// SPDX-License-Identifier: Apache-2.0
/**
 * What is compared: stock Lucene, Batched HNSW and jvector behind one interface, the jobs that they
 * do and what those cost.
 */
package io.github.batchedhnsw.bench.systems;
