// SPDX-License-Identifier: Apache-2.0
/** Systems that do the same work in turns in one process, and the report on it: {@code compare}. */
package io.github.batchedhnsw.bench.compare;
