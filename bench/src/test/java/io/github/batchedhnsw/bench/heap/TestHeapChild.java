// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.heap;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.BenchHome;
import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.FloatVectors;
import io.github.batchedhnsw.bench.data.RowFile;
import io.github.batchedhnsw.bench.process.GraphSetting;
import io.github.batchedhnsw.bench.process.VectorSource;
import io.github.batchedhnsw.bench.systems.Contender;
import io.github.batchedhnsw.bench.systems.GraphParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.Rule;
import org.junit.Test;

public class TestHeapChild {
  private static final GraphParams PARAMS = new GraphParams(8, 20);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Rule public final BenchHome folder = new BenchHome();

  /** 24 MiB of vectors, no graph: 16 MiB of heap cannot hold them, 64 MiB can. */
  @Test
  public void theHeapDecides() throws IOException {
    Path scratch = folder.newFolder().toPath();
    HeapChild.Task flush = task(HeapChild.Job.FLUSH, vectors(6_000, 1024));
    assertEquals(Optional.empty(), HeapChild.run(flush, 16, scratch, LIMIT));
    Duration cpu = HeapChild.run(flush, 64, scratch, LIMIT).orElseThrow();
    assertTrue(cpu.toString(), cpu.isPositive());
    assertEquals(
        "too much CPU time",
        Optional.empty(),
        HeapChild.run(flush, 64, scratch, Duration.ofMillis(1)));
  }

  @Test
  public void otherFailuresAreNoLackOfMemory() throws IOException {
    HeapChild.Task merge =
        new HeapChild.Task(
            HeapChild.Job.FLUSH,
            Contender.FLAT,
            GraphSetting.of(PARAMS),
            new VectorSource(
                "none",
                "/nowhere",
                vectors(1, 1).encoding(),
                4,
                VectorSimilarityFunction.EUCLIDEAN),
            folder.newFolder().toString());
    Path scratch = folder.newFolder().toPath();
    IOException e = assertThrows(IOException.class, () -> HeapChild.run(merge, 64, scratch, LIMIT));
    assertTrue(e.getMessage(), e.getMessage().contains("ended with status 1"));
    assertTrue(e.getMessage(), e.getMessage().contains("NoSuchFileException"));
  }

  @Test
  public void mergesAreTakenBackAndOnlyGraphsDiffer() throws IOException {
    VectorSource vectors = vectors(1_400, 8);
    Map<Contender, Long> graphBytes = new EnumMap<>(Contender.class);
    for (Contender contender : Contender.values()) {
      Path path = folder.newFolder().toPath();
      Codec codec = contender.system(PARAMS).codec();
      try (Directory directory = FSDirectory.open(path);
          RowFile rows = vectors.open()) {
        SegmentJob.flush(rows, vectors.similarity(), 2, codec, directory);
        List<String> before = List.of(directory.listAll());
        assertTrue(SegmentJob.mergeAndRollBack(codec, directory) > 0);
        assertEquals(before, List.of(directory.listAll()));
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          assertEquals(2, reader.leaves().size());
          reader.leaves().forEach(leaf -> assertEquals(700, leaf.reader().numDocs()));
        }
      }
      graphBytes.put(contender, bytes(path, ".vex"));
    }
    assertTrue(graphBytes.toString(), graphBytes.get(Contender.FLAT) < 300);
    assertTrue(graphBytes.toString(), graphBytes.get(Contender.STOCK) > 1_400 * 4);
    assertTrue(graphBytes.toString(), graphBytes.get(Contender.BATCHED) > 1_400 * 4);
  }

  private static long bytes(Path path, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(file -> file.toString().endsWith(suffix))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  private HeapChild.Task task(HeapChild.Job job, VectorSource vectors) throws IOException {
    return new HeapChild.Task(
        job, Contender.FLAT, GraphSetting.of(PARAMS), vectors, folder.newFolder().toString());
  }

  private VectorSource vectors(int count, int dimension) throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    float[][] rows = new float[count][dimension];
    for (float[] row : rows) {
      for (int i = 0; i < dimension; i++) {
        row[i] = random.nextInt(256);
      }
    }
    FloatVectors vectors = new FloatVectors(rows);
    Dataset data =
        new Dataset(
            "random", "seed 3", vectors, vectors.slice(0, 1), VectorSimilarityFunction.EUCLIDEAN);
    return VectorSource.write(data, folder.newFolder().toPath());
  }
}
