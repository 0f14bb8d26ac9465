// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.graph;

import static io.github.batchedhnsw.bench.report.Figures.format;

import io.github.batchedhnsw.bench.report.Charts;
import io.github.batchedhnsw.bench.report.HtmlPage;
import io.github.batchedhnsw.bench.report.Json;
import io.github.batchedhnsw.bench.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.hnsw.HnswGraph;

/**
 * All HNSW graphs of an index.
 *
 * @param index where it lies
 * @param graphs one per segment and vector field
 */
public record GraphReport(Path index, List<Graph> graphs) {

  /**
   * One graph.
   *
   * @param name segment and field
   * @param entryNode ordinal where a search starts
   * @param maxConn M as recorded in the file
   * @param levels the top one first; empty when the segment has no graph
   */
  public record Graph(String name, int entryNode, int maxConn, List<LevelReport> levels) {}

  /**
   * Reads all graphs of an index.
   *
   * @throws IOException when the index cannot be read
   */
  public static GraphReport read(Path index) throws IOException {
    List<Graph> graphs = new ArrayList<>();
    try (Directory directory = FSDirectory.open(index);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        CodecReader segment = (CodecReader) leaf.reader();
        for (FieldInfo field : segment.getFieldInfos()) {
          if (field.hasVectorValues()) {
            graphs.add(read(segment, leaf.ord, field.name));
          }
        }
      }
    }
    return new GraphReport(index, graphs);
  }

  private static Graph read(CodecReader segment, int number, String field) throws IOException {
    String name = "segment " + number + ", field " + field;
    HnswGraph graph = VectorReaders.graph(segment, field);
    return graph == null
        ? new Graph(name, -1, -1, List.of())
        : new Graph(name, graph.entryNode(), graph.maxConn(), GraphInspector.inspect(graph));
  }

  /** Everything to print, for a terminal. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Graph graph : graphs) {
      text.append(title(graph)).append('\n').append(levels(graph).text());
      for (LevelReport level : graph.levels()) {
        text.append("level ").append(level.level()).append(" degrees (neighbours:nodes):");
        for (int degree = 0; degree < level.degreeCounts().length; degree++) {
          if (level.degreeCounts()[degree] > 0) {
            text.append(' ').append(degree).append(':').append(level.degreeCounts()[degree]);
          }
        }
        text.append('\n');
      }
      text.append('\n');
    }
    return text.toString();
  }

  /**
   * Writes {@code graph.json}, one histogram per graph and {@code index.html}.
   *
   * @return the page
   * @throws IOException when a file cannot be written
   */
  public Path write(Path directory) throws IOException {
    Files.createDirectories(directory);
    HtmlPage page = new HtmlPage("HNSW graphs of " + index);
    for (int i = 0; i < graphs.size(); i++) {
      Graph graph = graphs.get(i);
      page.heading(title(graph)).table(levels(graph));
      if (!graph.levels().isEmpty()) {
        String picture = "degrees-" + i;
        Charts.histogram(
            directory,
            picture,
            "Neighbours per node on level 0: " + graph.name(),
            "neighbours",
            "graph",
            graph.levels().getLast().degreeCounts());
        page.picture(picture, "Degree histogram of " + graph.name());
      }
    }
    Files.writeString(
        directory.resolve("graph.json"),
        Json.write(Map.of("index", index.toString(), "graphs", graphs)));
    Path file = directory.resolve("index.html");
    page.write(file);
    return file;
  }

  private static String title(Graph graph) {
    return graph.levels().isEmpty()
        ? graph.name() + ": no graph"
        : "%s: M %d, entry node %d".formatted(graph.name(), graph.maxConn(), graph.entryNode());
  }

  private static Table levels(Graph graph) {
    Table table =
        new Table(
            List.of(
                "level",
                "nodes",
                "edges",
                "degree mean",
                "degree max",
                "in-degree 0",
                "unreachable",
                "self-loops",
                "repeated",
                "off level",
                "without reverse"));
    for (LevelReport level : graph.levels()) {
      table.add(
          List.of(
              Integer.toString(level.level()),
              Integer.toString(level.nodes()),
              Long.toString(level.edges()),
              format("%.2f", level.meanDegree()),
              Integer.toString(level.maxDegree()),
              Integer.toString(level.inDegreeZero()),
              Integer.toString(level.unreachable()),
              Long.toString(level.selfLoops()),
              Long.toString(level.repeated()),
              Long.toString(level.outOfLevel()),
              Long.toString(level.withoutReverse())));
    }
    return table;
  }
}
