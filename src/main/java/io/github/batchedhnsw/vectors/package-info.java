// SPDX-License-Identifier: Apache-2.0
/**
 * The vectors of one field of one segment, how two of them are scored, and the arithmetic for that:
 * kernels on the JDK's vector module, and in plain Java where it is missing.
 */
package io.github.batchedhnsw.vectors;
