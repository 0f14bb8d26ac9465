// SPDX-License-Identifier: Apache-2.0
/** The smallest heap with which a flush and a merge pass: {@code heap}. */
package io.github.batchedhnsw.bench.heap;
