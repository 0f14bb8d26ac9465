// SPDX-License-Identifier: Apache-2.0
/**
 * Batched insertion: how large the batches are, and how one is inserted into a level whose graph
 * does not change while the batch searches it.
 */
package io.github.batchedhnsw.construction.insertion;
