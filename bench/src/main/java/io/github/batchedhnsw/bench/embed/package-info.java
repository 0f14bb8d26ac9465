// SPDX-License-Identifier: Apache-2.0
/** Makes the real data sets, once, into a cache: {@code embed}. */
package io.github.batchedhnsw.bench.embed;
