// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of text under a header: aligned for people, comma-separated for programs. Not thread-safe.
 */
public final class Table {
  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  /** An empty table. */
  public Table(List<String> header) {
    this.header = List.copyOf(header);
  }

  /** Adds a row with one cell per column. */
  public void add(List<String> cells) {
    if (cells.size() != header.size()) {
      throw new IllegalArgumentException(
          "a row needs %d cells; got %d".formatted(header.size(), cells.size()));
    }
    rows.add(List.copyOf(cells));
  }

  /** The header and the rows below it. */
  public List<List<String>> lines() {
    List<List<String>> lines = new ArrayList<>(List.of(header));
    lines.addAll(rows);
    return lines;
  }

  /** Aligned columns: the first to the left, figures to the right. */
  public String text() {
    int[] widths = new int[header.size()];
    for (List<String> line : lines()) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], line.get(column).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines()) {
      StringBuilder row = new StringBuilder();
      for (int column = 0; column < widths.length; column++) {
        String padding = " ".repeat(widths[column] - line.get(column).length());
        row.append(column == 0 ? line.get(column) + padding : "  " + padding + line.get(column));
      }
      text.append(row.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  /** Comma-separated values (RFC 4180). */
  public String csv() {
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines()) {
      text.append(String.join(",", line.stream().map(Table::quoted).toList())).append('\n');
    }
    return text.toString();
  }

  private static String quoted(String cell) {
    return cell.matches("[^\",\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }
}
