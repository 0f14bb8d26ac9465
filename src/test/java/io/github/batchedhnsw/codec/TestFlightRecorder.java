// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakScope;
import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** What a recording tells about graphs. */
@ThreadLeakScope(ThreadLeakScope.Scope.NONE) // the recorder's own thread stays
public class TestFlightRecorder extends LuceneTestCase {

  private static void index(int size) throws IOException {
    float[][] vectors = VectorData.uniform(random(), size, 7);
    try (Directory dir = newDirectory();
        IndexWriter writer = new IndexWriter(dir, Indexes.config(Indexes.codec(Indexes.ours())))) {
      for (int i = 0; i < size; i++) {
        writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
        if (i == size * 9 / 10) {
          writer.flush();
        }
      }
      writer.forceMerge(1);
    }
  }

  public void testEvents() throws IOException {
    Path file = createTempDir().resolve("graphs.jfr");
    int size = atLeast(900);
    try (Recording recording = new Recording()) {
      recording.enable(GraphBuildEvent.NAME);
      recording.enable(GraphBuildPhaseEvent.NAME);
      recording.start();
      index(size);
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    List<RecordedEvent> builds = named(events, GraphBuildEvent.NAME);
    assertEquals(3, builds.size());
    assertEquals(
        Set.of("flush bulk", "merge extension"),
        builds.stream()
            .map(e -> e.getString("operation") + " " + e.getString("plan"))
            .collect(Collectors.toSet()));
    RecordedEvent merge =
        builds.stream().filter(e -> e.getString("operation").equals("merge")).findAny().get();
    assertEquals(size, merge.getInt("vectors"));
    assertEquals(7, merge.getInt("dimension"));
    assertEquals(1, merge.getInt("workers"));
    assertEquals(Indexes.FIELD, merge.getString("field"));
    assertTrue(merge.getInt("levels") >= 2);
    assertTrue(merge.getLong("graphBytes") > size);
    assertTrue(merge.getLong("heapEstimate") > size * 32L * 8);
    assertTrue(merge.getDuration().toNanos() > 0);
    String segment = merge.getString("segment");
    List<RecordedEvent> phases =
        named(events, GraphBuildPhaseEvent.NAME).stream()
            .filter(e -> e.getString("segment").equals(segment))
            .toList();
    assertTrue(
        phases.stream()
            .map(e -> e.getString("phase"))
            .toList()
            .containsAll(
                List.of(
                    "prepare", "take over", "survey", "candidates", "reverse", "repair", "write")));
    long nanos = phases.stream().mapToLong(e -> e.getDuration("phaseTime").toNanos()).sum();
    assertTrue(nanos + " of " + merge.getDuration(), nanos <= merge.getDuration().toNanos());
    for (RecordedEvent phase : phases) {
      assertTrue(phase.toString(), phase.getDuration("phaseTime").toNanos() > 0);
    }
    assertTrue(merge.getString("phases").contains("take over"));
  }

  private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
    return events.stream().filter(e -> e.getEventType().getName().equals(name)).toList();
  }

  public void testNothingIsRecordedUnasked() throws IOException {
    Path file = createTempDir().resolve("nothing.jfr");
    try (Recording recording = new Recording()) {
      recording.disable(GraphBuildEvent.NAME);
      recording.disable(GraphBuildPhaseEvent.NAME);
      recording.start();
      index(300);
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    assertTrue(named(events, GraphBuildEvent.NAME).isEmpty());
    assertTrue(named(events, GraphBuildPhaseEvent.NAME).isEmpty());
  }
}
