// SPDX-License-Identifier: Apache-2.0
/**
 * A plug-in for OpenSearch: settings, an engine factory that wraps the codecs of indexes that are
 * switched on, and statistics of what each node has built.
 */
package io.github.batchedhnsw.opensearch;
