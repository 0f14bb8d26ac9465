// SPDX-License-Identifier: Apache-2.0
/**
 * The diversity rule that chooses the neighbours of a node from its candidates, and the pairwise
 * scores that it uses.
 */
package io.github.batchedhnsw.construction.selection;
