// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

/**
 * What one build cost.
 *
 * @param indexSeconds adding and flushing (with natural merges, also what was merged meanwhile)
 * @param mergeSeconds waiting for natural merges after the last flush
 * @param forceMergeSeconds the forced merge, 0 without one
 * @param graphSeconds of all this, what making and writing graphs took: the part that workers
 *     share; 0 where a system does not tell
 * @param cpuSeconds CPU time of the whole process meanwhile: unlike the others, hardly disturbed by
 *     other programs on the machine
 * @param segments segments in the end
 * @param peakHeapMib highest heap use seen while building, garbage included
 * @param indexBytes all files
 * @param vectorBytes the flat vectors on disk
 */
public record BuildTimes(
    double indexSeconds,
    double mergeSeconds,
    double forceMergeSeconds,
    double graphSeconds,
    double cpuSeconds,
    int segments,
    double peakHeapMib,
    long indexBytes,
    long vectorBytes) {

  /** All seconds together, since moving work from one column to another is no gain. */
  public double totalSeconds() {
    return indexSeconds + mergeSeconds + forceMergeSeconds;
  }
}
