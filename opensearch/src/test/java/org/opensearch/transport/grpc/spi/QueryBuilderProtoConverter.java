// SPDX-License-Identifier: Apache-2.0
package org.opensearch.transport.grpc.spi;

/**
 * Stands in for the interface of OpenSearch's transport-grpc plug-in, which the registry lacks and
 * without which k-NN's classes do not load. For tests only; nothing calls it.
 */
public interface QueryBuilderProtoConverter {}
