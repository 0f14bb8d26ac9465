// SPDX-License-Identifier: Apache-2.0
/**
 * The public API: vectors formats that take the place of Lucene's own, a codec wrapper that
 * switches them on for all fields, options and a listener for hosts. The package-private classes
 * implement Lucene's life cycle and file layout, and hide the differences between its versions.
 * Users need no other package of this library.
 */
package io.github.batchedhnsw.codec;
