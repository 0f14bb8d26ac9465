/** What the HNSW graphs of an index look like: {@code graph}. */
package io.github.batchedhnsw.bench.graph;
