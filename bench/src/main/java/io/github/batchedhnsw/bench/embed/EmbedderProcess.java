// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.embed;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The embedder of {@code bench/embed} in a process of its own, with the class path of one model.
 * Its protocol is described there. Not thread-safe.
 */
final class EmbedderProcess implements Embedder {
  private static final String MAIN_CLASS = "io.github.batchedhnsw.embed.Embedder";

  private final ChildProcess process;
  private final DataInputStream in;
  private final DataOutputStream out;

  private EmbedderProcess(ChildProcess process) {
    this.process = process;
    in = new DataInputStream(new BufferedInputStream(process.output()));
    out = new DataOutputStream(new BufferedOutputStream(process.input()));
  }

  /**
   * Starts the process.
   *
   * @param model which model
   * @param classPath of the model
   * @param threads that the model may use
   */
  static EmbedderProcess start(TextModel model, String classPath, int threads) throws IOException {
    return new EmbedderProcess(
        ChildProcess.start(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-classpath",
            classPath,
            MAIN_CLASS,
            model.file(),
            model.pooling(),
            Integer.toString(threads)));
  }

  @Override
  public float[][] embed(List<String> texts) throws IOException {
    try {
      out.writeInt(texts.size());
      for (String text : texts) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
      }
      out.flush();
      int dimension = in.readInt();
      byte[] bytes = new byte[dimension * Float.BYTES];
      float[][] vectors = new float[texts.size()][dimension];
      for (float[] vector : vectors) {
        in.readFully(bytes);
        ByteBuffer.wrap(bytes).asFloatBuffer().get(vector);
      }
      return vectors;
    } catch (IOException e) {
      throw new IOException(
          "the embedder ended before it answered; what it said is above: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    process.close();
  }
}
