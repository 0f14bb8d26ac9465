// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * One graph in a JDK Flight Recorder recording, from the beginning of the build to the written
 * graph.
 */
@Name(GraphBuildEvent.NAME)
@Label("Graph Build")
@Description("A graph that was built and written, at a flush or a merge")
@Category({"Lucene", "Batched HNSW"})
@StackTrace(false)
final class GraphBuildEvent extends Event {
  static final String NAME = "io.github.batchedhnsw.GraphBuild";

  @Label("Segment")
  String segment;

  @Label("Field")
  String field;

  @Label("Operation")
  @Description("flush or merge")
  String operation;

  @Label("Plan")
  @Description("How it was built: bulk, insertion or extension")
  String plan;

  @Label("Vectors")
  int vectors;

  @Label("Dimension")
  int dimension;

  @Label("Levels")
  int levels;

  @Label("Workers")
  @Description("Most threads that were used")
  int workers;

  @Label("Graph Bytes")
  @Description("Length of the graph in the index")
  @DataAmount
  long graphBytes;

  @Label("Heap Estimate")
  @Description("Most heap that the build was expected to take, besides the vectors")
  @DataAmount
  long heapEstimate;

  @Label("Estimated Recall")
  @Description(
      "Of the ten nearest neighbours by a search of width 40, not a number if not estimated")
  double estimatedRecall;

  @Label("Phases")
  @Description("Time of every phase, in words; GraphBuildPhase events have the figures")
  String phases;
}
