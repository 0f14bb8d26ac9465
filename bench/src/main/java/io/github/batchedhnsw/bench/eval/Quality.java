// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.eval;

import io.github.batchedhnsw.bench.data.RowFilter;
import java.util.Map;

/**
 * All that the definition of equal quality looks at, of one index.
 *
 * @param curve recall@10 by search width
 * @param deep recall@100 at {@link EqualQuality#DEEP_WIDTHS}
 * @param filtered per filter, recall@10 at {@link EqualQuality#FILTERED_WIDTHS}; empty where
 *     filtered search was not measured
 */
public record Quality(
    QualityCurve curve, QualityCurve deep, Map<RowFilter, QualityCurve> filtered) {}
