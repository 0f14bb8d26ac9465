// SPDX-License-Identifier: Apache-2.0
import io.github.batchedhnsw.codec.BatchedHnswCodec;
import io.github.batchedhnsw.codec.BatchedHnswVectorsFormat;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * Three ways to switch Batched HNSW on in plain Lucene. Indexes random vectors into a new index;
 * arguments: {@code DIRECTORY [all|given|field]}.
 */
public final class BatchedHnswExample {
  private static final int DIMENSION = 64;
  private static final int DOCUMENTS = 5_000;

  /** 1. Every field of the default codec that has the stock HNSW format, with its parameters. */
  static Codec everyField() {
    return BatchedHnswCodec.wrap(Codec.getDefault());
  }

  /** 2. The same fields, with given parameters: here two threads for a merge and for a flush. */
  static Codec everyFieldWithWorkers(ExecutorService executor) {
    return BatchedHnswCodec.wrap(
        Codec.getDefault(), new BatchedHnswVectorsFormat(16, 100, 2, executor, 100, 2));
  }

  /** 3. One field; the others stay stock. */
  static Codec oneField(String name) {
    Codec base = Codec.getDefault();
    KnnVectorsFormat batched = new BatchedHnswVectorsFormat(16, 100);
    KnnVectorsFormat stock = new Lucene99HnswVectorsFormat();
    KnnVectorsFormat byField =
        new PerFieldKnnVectorsFormat() {
          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return field.equals(name) ? batched : stock;
          }
        };
    return new FilterCodec(base.getName(), base) { // the same name: what the index records
      @Override
      public KnnVectorsFormat knnVectorsFormat() {
        return byField;
      }
    };
  }

  private static void write(Directory directory, Codec codec) throws Exception {
    IndexWriterConfig config = new IndexWriterConfig().setCodec(codec);
    config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      Random random = new Random(7);
      for (int i = 0; i < DOCUMENTS; i++) {
        Document document = new Document();
        document.add(
            new KnnFloatVectorField("vector", vector(random), VectorSimilarityFunction.EUCLIDEAN));
        writer.addDocument(document);
      }
    }
  }

  private static float[] vector(Random random) {
    float[] vector = new float[DIMENSION];
    for (int k = 0; k < DIMENSION; k++) {
      vector[k] = random.nextFloat();
    }
    return vector;
  }

  public static void main(String[] args) throws Exception {
    try (Directory directory = FSDirectory.open(Path.of(args[0]))) {
      ExecutorService executor = Executors.newFixedThreadPool(2);
      try {
        Codec codec =
            switch (args.length < 2 ? "all" : args[1]) {
              case "given" -> everyFieldWithWorkers(executor);
              case "field" -> oneField("vector");
              default -> everyField();
            };
        write(directory, codec);
        System.out.println("written with " + codec + ": " + String.join(" ", directory.listAll()));
      } finally {
        executor.shutdown(); // yours to shut down, after the IndexWriter is closed
      }
    }
  }
}
