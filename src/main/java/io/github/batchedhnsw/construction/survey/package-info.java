// SPDX-License-Identifier: Apache-2.0
/**
 * What is found out about the vectors before candidates are looked for: exact neighbours of a
 * sample, and which vectors are equal bit for bit.
 */
package io.github.batchedhnsw.construction.survey;
