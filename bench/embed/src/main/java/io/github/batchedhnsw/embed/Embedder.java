// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.embed;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.AbstractInProcessEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.OnnxBertBiEncoder;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Turns texts from standard input into vectors on standard output, with a model from the class
 * path, until the input ends.
 *
 * <p>A request is an int count of texts, then per text an int length in bytes and that many bytes
 * of UTF-8. The answer is an int count of components, then the components of all vectors as floats.
 * All numbers are big-endian.
 */
public final class Embedder {
  private Embedder() {}

  /** A model whose texts are spread over threads, each text being the work of one. */
  private static final class Model extends AbstractInProcessEmbeddingModel {
    private final OnnxBertBiEncoder encoder;

    Model(OnnxBertBiEncoder encoder, Executor executor) {
      super(executor);
      this.encoder = encoder;
    }

    @Override
    protected OnnxBertBiEncoder model() {
      return encoder;
    }
  }

  /**
   * Answers requests until the input ends.
   *
   * @param args the model's name, to which {@code .onnx} and {@code -tokenizer.json} are appended;
   *     its {@link PoolingMode}; the number of threads
   * @throws IOException when the input is truncated or the output is closed
   * @throws OrtException when the model cannot be loaded
   */
  public static void main(String[] args) throws IOException, OrtException {
    OnnxBertBiEncoder encoder = encoder(args[0], PoolingMode.valueOf(args[1]));
    DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out));
    try (ExecutorService threads = Executors.newFixedThreadPool(Integer.parseInt(args[2]))) {
      EmbeddingModel model = new Model(encoder, threads);
      for (List<TextSegment> texts = request(in); !texts.isEmpty(); texts = request(in)) {
        answer(out, model.embedAll(texts).content());
      }
    }
  }

  /**
   * The model's own class would give each text to all processors, whose threads wait for each other
   * by spinning: a third of the speed where other work runs beside.
   */
  private static OnnxBertBiEncoder encoder(String name, PoolingMode pooling)
      throws IOException, OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (InputStream model = resource(name + ".onnx");
        InputStream tokenizer = resource(name + "-tokenizer.json");
        OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      OrtSession session = environment.createSession(model.readAllBytes(), options);
      return new OnnxBertBiEncoder(environment, session, tokenizer, pooling);
    }
  }

  private static InputStream resource(String name) throws IOException {
    InputStream in = Embedder.class.getResourceAsStream("/" + name);
    if (in == null) {
      throw new IOException("expected " + name + " on the class path");
    }
    return in;
  }

  /** The next texts; none when the input has ended. */
  private static List<TextSegment> request(DataInputStream in) throws IOException {
    int count;
    try {
      count = in.readInt();
    } catch (EOFException e) {
      return List.of();
    }
    List<TextSegment> texts = new ArrayList<>(count);
    for (int text = 0; text < count; text++) {
      byte[] bytes = new byte[in.readInt()];
      in.readFully(bytes);
      texts.add(TextSegment.from(new String(bytes, StandardCharsets.UTF_8)));
    }
    return texts;
  }

  private static void answer(DataOutputStream out, List<Embedding> embeddings) throws IOException {
    int dimension = embeddings.getFirst().vector().length;
    out.writeInt(dimension);
    ByteBuffer bytes = ByteBuffer.allocate(dimension * Float.BYTES);
    for (Embedding embedding : embeddings) {
      bytes.asFloatBuffer().put(embedding.vector());
      out.write(bytes.array());
    }
    out.flush();
  }
}
