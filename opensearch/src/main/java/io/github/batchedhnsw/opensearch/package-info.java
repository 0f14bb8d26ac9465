// SPDX-License-Identifier: Apache-2.0
/**
 * A plug-in for OpenSearch: settings, an engine factory that wraps the codecs of indexes for which
 * it is enabled, and statistics of the graphs that each node has built.
 */
package io.github.batchedhnsw.opensearch;
