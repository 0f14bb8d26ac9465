// SPDX-License-Identifier: Apache-2.0
/** Steady indexing by a timetable, with reopens and searches beside it: {@code nrt}. */
package io.github.batchedhnsw.bench.nrt;
