// SPDX-License-Identifier: Apache-2.0
/** The entry point of the benchmark. {@code bench/README.md} says what it measures and how. */
package io.github.batchedhnsw.bench;
