// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.embed;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** A model that turns texts into vectors. */
interface Embedder extends Closeable {

  /** One vector per text, all of one dimension. */
  float[][] embed(List<String> texts) throws IOException;
}
