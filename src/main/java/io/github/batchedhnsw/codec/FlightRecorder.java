// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.construction.BuildPhase;
import java.util.Map;

/**
 * Records graphs with JDK Flight Recorder if the JVM has it; a trimmed runtime image may lack it.
 * The only class that knows the events. Costs next to nothing unless a recording is running.
 */
final class FlightRecorder {
  private static final boolean AVAILABLE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  /** The event of one graph; null if there is no recorder. */
  private final GraphBuildEvent event;

  private FlightRecorder(GraphBuildEvent event) {
    this.event = event;
  }

  /** Begins to record a graph. */
  static FlightRecorder begin() {
    if (!AVAILABLE) {
      return new FlightRecorder(null);
    }
    GraphBuildEvent event = new GraphBuildEvent();
    event.begin();
    return new FlightRecorder(event);
  }

  /** Records a finished graph. */
  void end(
      BuiltGraph graph,
      String operation,
      int levels,
      long graphBytes,
      long heapEstimate,
      Map<BuildPhase, Long> nanosByPhase,
      String phases) {
    if (event == null || !event.shouldCommit()) {
      return;
    }
    event.segment = graph.segment();
    event.field = graph.field();
    event.operation = operation;
    event.plan = graph.plan();
    event.vectors = graph.vectors();
    event.dimension = graph.dimension();
    event.levels = levels;
    event.workers = graph.workers();
    event.graphBytes = graphBytes;
    event.heapEstimate = heapEstimate;
    event.estimatedRecall = graph.estimatedRecall();
    event.phases = phases;
    event.commit();
    nanosByPhase.forEach(
        (phase, nanos) -> {
          GraphBuildPhaseEvent phaseEvent = new GraphBuildPhaseEvent();
          phaseEvent.segment = graph.segment();
          phaseEvent.field = graph.field();
          phaseEvent.phase = phase.label();
          phaseEvent.phaseTime = nanos;
          phaseEvent.commit();
        });
  }
}
