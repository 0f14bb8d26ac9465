// SPDX-License-Identifier: Apache-2.0
/** New graphs for the segments of an existing index, in place: {@code rebuild}. */
package io.github.batchedhnsw.bench.rebuild;
