// SPDX-License-Identifier: Apache-2.0
/** Builds in fresh JVMs, measured as whole processes: {@code compare --cold}. */
package io.github.batchedhnsw.bench.cold;
