// SPDX-License-Identifier: Apache-2.0
/** Clusters of nearby vectors, by Lloyd's algorithm in two levels: cells, and clusters in each. */
package io.github.batchedhnsw.construction.partition;
