/** Micro-benchmarks of the kernels: {@code jmh}. */
package io.github.batchedhnsw.bench.jmh;
