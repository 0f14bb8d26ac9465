// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One static page: figures, tables and pictures of a run. Needs no network. Not thread-safe. */
public final class HtmlPage {
  private static final String STYLE =
      """
      body{font:16px/1.5 system-ui,sans-serif;color:#22272e;max-width:960px;margin:2rem auto;padding:0 1rem}
      h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}
      .wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px}
      th,td{padding:.3rem .7rem;text-align:right;border-bottom:1px solid #e3e6ea;white-space:nowrap}
      th:first-child,td:first-child{text-align:left}
      .facts td:last-child,.facts th{text-align:left;white-space:normal}
      img{max-width:100%;height:auto}.yes{color:#006b4e;font-weight:600}.no{color:#b00020;font-weight:600}
      """;

  private final StringBuilder body = new StringBuilder();
  private final String title;

  /** An empty page. */
  public HtmlPage(String title) {
    this.title = title;
    body.append("<h1>").append(escape(title)).append("</h1>\n");
  }

  /** A section heading. */
  public HtmlPage heading(String text) {
    body.append("<h2>").append(escape(text)).append("</h2>\n");
    return this;
  }

  /** A paragraph. */
  public HtmlPage paragraph(String text) {
    body.append("<p>").append(escape(text)).append("</p>\n");
    return this;
  }

  /** A line that says whether something holds. */
  public HtmlPage check(boolean holds, String text) {
    body.append(
            "<p><span class=\"%s\">%s</span> "
                .formatted(holds ? "yes" : "no", Figures.yesNo(holds)))
        .append(escape(text))
        .append("</p>\n");
    return this;
  }

  /** Names and values. */
  public HtmlPage facts(Map<String, String> facts) {
    body.append("<table class=\"facts\">\n");
    facts.forEach(
        (name, value) ->
            body.append(
                "<tr><th>%s</th><td>%s</td></tr>\n".formatted(escape(name), escape(value))));
    body.append("</table>\n");
    return this;
  }

  /** A table of figures. */
  public HtmlPage table(Table table) {
    body.append("<div class=\"wide\"><table>\n");
    String cell = "th";
    for (List<String> line : table.lines()) {
      body.append("<tr>");
      for (String text : line) {
        body.append("<%s>%s</%s>".formatted(cell, escape(text), cell));
      }
      body.append("</tr>\n");
      cell = "td";
    }
    body.append("</table></div>\n");
    return this;
  }

  /** A picture that lies beside the page as {@code name.png} and {@code name.svg}. */
  public HtmlPage picture(String name, String description) {
    body.append(
        "<p><img src=\"%s.svg\" alt=\"%s\"><br><a href=\"%s.png\">PNG</a></p>\n"
            .formatted(name, escape(description), name));
    return this;
  }

  /**
   * Writes the page.
   *
   * @throws IOException when it cannot be written
   */
  public void write(Path file) throws IOException {
    Files.writeString(
        file,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
            + "<meta name=\"viewport\" content=\"width=device-width\"><title>"
            + escape(title)
            + "</title><style>"
            + STYLE
            + "</style></head><body>\n"
            + body
            + "</body></html>\n");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
