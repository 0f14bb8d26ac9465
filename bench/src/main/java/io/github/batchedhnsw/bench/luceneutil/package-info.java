// SPDX-License-Identifier: Apache-2.0
/** Programs of others, started with our formats. */
package io.github.batchedhnsw.bench.luceneutil;
