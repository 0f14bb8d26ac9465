// SPDX-License-Identifier: Apache-2.0
/**
 * Tables, charts, pages and progress lines, the machine that a run ran on, and where output goes.
 */
package io.github.batchedhnsw.bench.report;
