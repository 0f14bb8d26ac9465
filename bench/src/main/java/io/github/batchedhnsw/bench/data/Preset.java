// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.util.Map;

/**
 * A name that stands for another set and what is done to make it harder.
 *
 * @param source the other set
 * @param transformations what is made harder, unless a request says otherwise
 */
record Preset(String source, Transformations transformations) {
  /** Ending of the names of real sets with heavy-tailed norms. */
  private static final String MAXIMUM_INNER_PRODUCT = "-mip";

  /** Finite variance, infinite third moment: the largest of 100,000 norms is about 46. */
  private static final Transformations NORMS = Transformations.of(new Transformation.HeavyNorms(3));

  private static final Map<String, Preset> NAMED =
      Map.of(
          "shifted", manifold(new Transformation.Shift(100)),
          "huge-component", manifold(new Transformation.HugeComponent(10_000)),
          "two-populations", manifold(new TwoPopulations(10)),
          "sift-like", manifold(new SiftHistogram()),
          "binary", manifold(new Transformation.Binary()),
          "heavy-norms", new Preset("gen128", NORMS),
          "near-duplicates", manifold(new NearDuplicates(10, 0.01)));

  private static Preset manifold(Transformation transformation) {
    return new Preset("gen128", Transformations.of(transformation));
  }

  /** What a name stands for; a name that is no preset's stands for itself. */
  static Preset of(String name) {
    if (name.endsWith(MAXIMUM_INNER_PRODUCT)) {
      String source = name.substring(0, name.length() - MAXIMUM_INNER_PRODUCT.length());
      if (RealSource.named(source).isPresent()) {
        return new Preset(source, NORMS);
      }
    }
    return NAMED.getOrDefault(name, new Preset(name, Transformations.NONE));
  }
}
