// SPDX-License-Identifier: Apache-2.0
/**
 * Turns selected edges into the lists of a level: groups reverse edges by target, prunes lists that
 * overflow, and repairs the graph so that searches from the entry point reach all nodes.
 */
package io.github.batchedhnsw.construction.linking;
