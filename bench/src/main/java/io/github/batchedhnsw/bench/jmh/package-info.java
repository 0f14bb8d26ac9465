// SPDX-License-Identifier: Apache-2.0
/** Micro-benchmarks of the kernels: {@code jmh}. */
package io.github.batchedhnsw.bench.jmh;
