// SPDX-License-Identifier: Apache-2.0
/**
 * Batched insertion: how large the batches are, and how one is taken into a level whose graph stays
 * as it is while the batch searches it.
 */
package io.github.batchedhnsw.construction.insertion;
