// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * At most one transformation of each kind, always applied in the same order of kinds.
 *
 * @param list in any order
 */
public record Transformations(List<Transformation> list) {
  /** The set as it is. */
  public static final Transformations NONE = new Transformations(List.of());

  /**
   * Copies come first, so that all else differs between them, and norms last, so that nothing
   * changes them.
   */
  private static final List<Class<? extends Transformation>> ORDER =
      List.of(
          NearDuplicates.class,
          TwoPopulations.class,
          SiftHistogram.class,
          Transformation.Binary.class,
          Transformation.Scale.class,
          Transformation.Shift.class,
          Transformation.HugeComponent.class,
          Transformation.HeavyNorms.class);

  /** These transformations. */
  public static Transformations of(Transformation... transformations) {
    return new Transformations(List.of(transformations));
  }

  /** These, and those of {@code preset} whose kind is not among these. */
  Transformations or(Transformations preset) {
    Stream<Transformation> others =
        preset.list.stream()
            .filter(other -> list.stream().noneMatch(mine -> mine.getClass() == other.getClass()));
    return new Transformations(Stream.concat(list.stream(), others).toList());
  }

  /** The changed rows. */
  Rows apply(Rows rows, long seed) {
    Rows result = rows;
    for (Transformation transformation :
        list.stream()
            .sorted(Comparator.comparingInt(one -> ORDER.indexOf(one.getClass())))
            .toList()) {
      result = transformation.apply(result, seed);
    }
    return result;
  }
}
