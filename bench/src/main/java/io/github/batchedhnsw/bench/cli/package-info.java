// SPDX-License-Identifier: Apache-2.0
/** The command line: one class for each command, and the options that commands share. */
package io.github.batchedhnsw.bench.cli;
