// SPDX-License-Identifier: Apache-2.0
/**
 * Where vectors and queries come from: files in several formats, real sets, seeded generators, and
 * transformations that make a set harder.
 */
package io.github.batchedhnsw.bench.data;
