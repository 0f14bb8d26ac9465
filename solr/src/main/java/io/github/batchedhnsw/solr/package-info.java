// SPDX-License-Identifier: Apache-2.0
/**
 * A codec factory for Apache Solr, named in {@code solrconfig.xml}. Its init arguments are the only
 * settings.
 */
package io.github.batchedhnsw.solr;
