// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.nio.ByteBuffer;

/** How a file stores one component of a vector. */
enum Component {
  FLOAT32(4),
  FLOAT64(8),
  INT32(4),
  SIGNED_BYTE(1),
  UNSIGNED_BYTE(1);

  private final int bytes;

  Component(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one component. */
  int bytes() {
    return bytes;
  }

  /** The next {@code dimension} components of the buffer as floats. */
  float[] row(ByteBuffer buffer, int dimension) {
    float[] row = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      row[i] =
          switch (this) {
            case FLOAT32 -> buffer.getFloat();
            case FLOAT64 -> (float) buffer.getDouble();
            case INT32 -> buffer.getInt();
            case SIGNED_BYTE -> buffer.get();
            case UNSIGNED_BYTE -> Byte.toUnsignedInt(buffer.get());
          };
    }
    return row;
  }
}
