// SPDX-License-Identifier: Apache-2.0
/** Beam search of one level whose graph does not change meanwhile. */
package io.github.batchedhnsw.construction.search;
