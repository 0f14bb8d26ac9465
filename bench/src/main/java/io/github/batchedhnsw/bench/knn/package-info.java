// SPDX-License-Identifier: Apache-2.0
/** The job of luceneutil's {@code KnnGraphTester}: {@code knn}. */
package io.github.batchedhnsw.bench.knn;
