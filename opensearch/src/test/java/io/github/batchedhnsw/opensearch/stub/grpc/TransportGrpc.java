// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch.stub.grpc;

import org.opensearch.plugins.ExtensiblePlugin;
import org.opensearch.plugins.Plugin;

/** Does nothing under the name {@code transport-grpc}, which k-NN wants to find. For tests only. */
public final class TransportGrpc extends Plugin implements ExtensiblePlugin {}
