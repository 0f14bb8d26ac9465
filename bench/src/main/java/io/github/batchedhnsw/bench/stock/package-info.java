// SPDX-License-Identifier: Apache-2.0
/** Proves that an index opens in a JVM that has Lucene's jars only. */
package io.github.batchedhnsw.bench.stock;
