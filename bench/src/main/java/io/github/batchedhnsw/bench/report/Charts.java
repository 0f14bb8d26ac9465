// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the benchmark's pictures as PNG and SVG of one look. Works without a display. */
public final class Charts {
  private static final int WIDTH_PIXELS = 900;
  private static final int HEIGHT_PIXELS = 520;

  /**
   * The first line lies below the others; it is drawn wider, so that it shows where they coincide.
   */
  private static final float FIRST_LINE_PIXELS = 5f;

  private static final float LINE_PIXELS = 2f;
  private static final int PNG_DPI = 144;
  private static final Color GRID = new Color(0xE3E6EA);
  private static final Color TEXT = new Color(0x22272E);

  private Charts() {}

  /** A curve's points, of equal length. */
  public record Line(List<Double> x, List<Double> y) {}

  /**
   * How an axis is drawn.
   *
   * @param title with the unit
   * @param scale how it is divided
   * @param pattern decimal pattern of the labels
   */
  public record Axis(String title, Scale scale, String pattern) {}

  /** How an axis is divided. */
  public enum Scale {
    /** Evenly, around the points. */
    FITTED,
    /** Evenly, from zero. */
    FROM_ZERO,
    /** By decades where the points span more than one, else evenly. */
    DECADES
  }

  /**
   * Writes {@code name.png} and {@code name.svg} with one line per system.
   *
   * @param lines by system name, which decides the colour
   * @throws IOException when the files cannot be written
   */
  public static void lines(
      Path directory, String name, String title, Axis x, Axis y, Map<String, Line> lines)
      throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH_PIXELS)
            .height(HEIGHT_PIXELS)
            .title(title)
            .xAxisTitle(x.title())
            .yAxisTitle(y.title())
            .build();
    style(chart.getStyler());
    chart.getStyler().setXAxisLogarithmic(x.scale() == Scale.DECADES && spansDecade(lines));
    if (x.scale() == Scale.FROM_ZERO) {
      chart.getStyler().setXAxisMin(0.0);
    }
    if (y.scale() == Scale.FROM_ZERO) {
      chart.getStyler().setYAxisMin(0.0);
    }
    chart.getStyler().setXAxisDecimalPattern(x.pattern());
    chart.getStyler().setYAxisDecimalPattern(y.pattern());
    chart.getStyler().setMarkerSize(8);
    String reference = lines.keySet().iterator().next();
    lines.forEach(
        (system, line) -> {
          boolean first = system.equals(reference);
          XYSeries series = chart.addSeries(system, line.x(), line.y());
          series.setLineColor(Palette.of(system));
          series.setMarkerColor(Palette.of(system));
          series.setLineStyle(new BasicStroke(first ? FIRST_LINE_PIXELS : LINE_PIXELS));
          series.setMarker(SeriesMarkers.CIRCLE);
        });
    save(chart, directory, name);
  }

  /**
   * Writes {@code name.png} and {@code name.svg} with one labelled bar per system.
   *
   * @param bars value by system
   * @param labels text after a system's name, e.g. the ratio
   * @throws IOException when the files cannot be written
   */
  public static void bars(
      Path directory,
      String name,
      String title,
      String yTitle,
      Map<String, Double> bars,
      Map<String, String> labels)
      throws IOException {
    CategoryChart chart = categories(title, "", yTitle);
    List<String> names = new ArrayList<>();
    bars.keySet().forEach(system -> names.add(system + ": " + labels.get(system)));
    int position = 0;
    for (Map.Entry<String, Double> bar : bars.entrySet()) {
      List<Double> values = new ArrayList<>(java.util.Collections.nCopies(names.size(), null));
      values.set(position++, bar.getValue());
      chart.addSeries(bar.getKey(), names, values).setFillColor(Palette.of(bar.getKey()));
    }
    chart.getStyler().setOverlapped(true);
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setAvailableSpaceFill(0.5);
    chart.getStyler().setYAxisDecimalPattern("#,##0.#");
    save(chart, directory, name);
  }

  /**
   * Writes {@code name.png} and {@code name.svg} with a histogram.
   *
   * @param system decides the colour
   * @param counts count per bin, bins numbered from 0
   * @throws IOException when the files cannot be written
   */
  public static void histogram(
      Path directory, String name, String title, String xTitle, String system, long[] counts)
      throws IOException {
    CategoryChart chart = categories(title, xTitle, "nodes");
    Map<Integer, Double> bins = new LinkedHashMap<>();
    for (int bin = 0; bin < counts.length; bin++) {
      bins.put(bin, (double) counts[bin]);
    }
    chart
        .addSeries(system, List.copyOf(bins.keySet()), List.copyOf(bins.values()))
        .setFillColor(Palette.of(system));
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 10));
    chart.getStyler().setYAxisDecimalPattern("#,##0");
    save(chart, directory, name);
  }

  private static boolean spansDecade(Map<String, Line> lines) {
    DoubleSummaryStatistics x =
        lines.values().stream()
            .flatMap(line -> line.x().stream())
            .mapToDouble(Double::doubleValue)
            .summaryStatistics();
    return x.getMax() >= 10 * x.getMin();
  }

  private static CategoryChart categories(String title, String xTitle, String yTitle) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH_PIXELS)
            .height(HEIGHT_PIXELS)
            .title(title)
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    style(chart.getStyler());
    chart.getStyler().setYAxisMin(0.0);
    return chart;
  }

  private static void style(org.knowm.xchart.style.AxesChartStyler styler) {
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(GRID);
    styler.setPlotGridLinesStroke(new BasicStroke(1f));
    styler.setChartFontColor(TEXT);
    styler.setAxisTickLabelsColor(TEXT);
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
    styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
    styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    styler.setLegendPosition(Styler.LegendPosition.OutsideE);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setChartTitleBoxVisible(false);
  }

  private static void save(Chart<?, ?> chart, Path directory, String name) throws IOException {
    String file = directory.resolve(name).toString();
    BitmapEncoder.saveBitmapWithDPI(chart, file, BitmapFormat.PNG, PNG_DPI);
    VectorGraphicsEncoder.saveVectorGraphic(chart, file, VectorGraphicsFormat.SVG);
  }
}
