package io.github.batchedhnsw.embed;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.spi.model.embedding.EmbeddingModelFactory;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Turns texts from standard input into vectors on standard output, with the one model on the class
 * path, until the input ends.
 *
 * <p>A request is an int count of texts, then per text an int length in bytes and that many bytes
 * of UTF-8. The answer is an int count of components, then the components of all vectors as floats.
 * All numbers are big-endian. The model uses as many threads as there are available processors.
 */
public final class Embedder {
  private Embedder() {}

  /**
   * Answers requests until the input ends.
   *
   * @param args none
   * @throws IOException when the input is truncated or the output is closed
   */
  public static void main(String[] args) throws IOException {
    EmbeddingModel model =
        ServiceLoader.load(EmbeddingModelFactory.class)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no embedding model on the class path"))
            .create();
    DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out));
    for (List<TextSegment> texts = request(in); !texts.isEmpty(); texts = request(in)) {
      answer(out, model.embedAll(texts).content());
    }
    // The executor and the runtime of the model keep threads of their own.
    System.exit(0);
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
