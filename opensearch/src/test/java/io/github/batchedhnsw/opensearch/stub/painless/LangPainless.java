// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch.stub.painless;

import org.opensearch.plugins.ExtensiblePlugin;
import org.opensearch.plugins.Plugin;

/** Does nothing under the name {@code lang-painless}, which k-NN wants to find. For tests only. */
public final class LangPainless extends Plugin implements ExtensiblePlugin {}
