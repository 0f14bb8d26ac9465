// SPDX-License-Identifier: Apache-2.0
/**
 * From selected edges to the lists of a level: reverse edges grouped by target, pruning of lists
 * that overflow, and repair of what searches from the entry point do not reach.
 */
package io.github.batchedhnsw.construction.linking;
