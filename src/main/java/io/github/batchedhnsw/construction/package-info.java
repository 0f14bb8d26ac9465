// SPDX-License-Identifier: Apache-2.0
/**
 * Builds graphs from vectors. The builders here only order the steps and report what was done; each
 * step is in a package of its own, or, if it combines several of them, a class here. The graph
 * depends on the vectors and {@link io.github.batchedhnsw.construction.BuildParams} alone, never on
 * the number of workers.
 */
package io.github.batchedhnsw.construction;
