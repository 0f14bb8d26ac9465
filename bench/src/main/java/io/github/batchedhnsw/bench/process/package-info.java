// SPDX-License-Identifier: Apache-2.0
/** Child JVMs, and what is handed to them and back. */
package io.github.batchedhnsw.bench.process;
