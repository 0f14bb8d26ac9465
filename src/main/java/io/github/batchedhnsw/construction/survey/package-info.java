// SPDX-License-Identifier: Apache-2.0
/**
 * Surveys the vectors before candidates are collected: exact neighbours of a sample, and which
 * vectors are equal bit for bit.
 */
package io.github.batchedhnsw.construction.survey;
