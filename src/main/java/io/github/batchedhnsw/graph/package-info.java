// SPDX-License-Identifier: Apache-2.0
/**
 * HNSW graphs as plain data: flat adjacency lists level by level, and what makes their content
 * reproducible, which is a total order of scored ordinals and hashes in place of random generators.
 */
package io.github.batchedhnsw.graph;
