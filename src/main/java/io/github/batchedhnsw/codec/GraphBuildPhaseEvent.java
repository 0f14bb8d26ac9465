// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** One phase of a {@link GraphBuildEvent}, all levels together; recorded when the graph is done. */
@Name(GraphBuildPhaseEvent.NAME)
@Label("Graph Build Phase")
@Description("The time that one phase of building a graph took")
@Category({"Lucene", "Batched HNSW"})
@StackTrace(false)
final class GraphBuildPhaseEvent extends Event {
  static final String NAME = "io.github.batchedhnsw.GraphBuildPhase";

  @Label("Segment")
  String segment;

  @Label("Field")
  String field;

  @Label("Phase")
  String phase;

  @Label("Phase Time")
  @Timespan(Timespan.NANOSECONDS)
  long phaseTime;
}
