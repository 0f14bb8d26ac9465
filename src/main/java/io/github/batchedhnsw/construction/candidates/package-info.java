// SPDX-License-Identifier: Apache-2.0
/**
 * Candidates for the neighbour lists of bulk construction: vectors of a group of nearby clusters
 * are compared with those of the clusters that they probe, by estimated scores, and the best are
 * scored exactly. Trials on a sample determine how many are compared.
 */
package io.github.batchedhnsw.construction.candidates;
