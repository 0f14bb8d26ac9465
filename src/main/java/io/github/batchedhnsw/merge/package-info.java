// SPDX-License-Identifier: Apache-2.0
/**
 * What a merge does with the graphs of the merged segments: a cost model chooses between extending
 * the largest usable one and building anew.
 */
package io.github.batchedhnsw.merge;
