// SPDX-License-Identifier: Apache-2.0
/**
 * Build time by workers and by number of vectors, and whether the bytes stay the same: {@code
 * scaling}.
 */
package io.github.batchedhnsw.bench.scaling;
