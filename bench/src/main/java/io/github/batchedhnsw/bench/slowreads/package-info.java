// SPDX-License-Identifier: Apache-2.0
/**
 * Merges with less memory than their vectors take, through a model of a page cache: {@code
 * slow-reads}.
 */
package io.github.batchedhnsw.bench.slowreads;
