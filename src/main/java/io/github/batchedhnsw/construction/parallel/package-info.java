// SPDX-License-Identifier: Apache-2.0
/**
 * Parallel loops over ranges of indices, on the executor that the caller provides. The end of a
 * loop is a barrier. Nothing else below the codec uses threads.
 */
package io.github.batchedhnsw.construction.parallel;
