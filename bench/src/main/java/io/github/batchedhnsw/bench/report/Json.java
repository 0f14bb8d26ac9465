// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.report;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes maps, lists, arrays of longs, records, numbers, booleans, strings and null as JSON (RFC
 * 8259).
 */
public final class Json {
  private Json() {}

  /** The value as indented JSON; NaN and infinities become null. */
  public static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, "\n", out);
    return out.append('\n').toString();
  }

  private static void write(Object value, String newLine, StringBuilder out) {
    switch (value) {
      case null -> out.append("null");
      case Number number -> out.append(Double.isFinite(number.doubleValue()) ? number : "null");
      case Boolean bool -> out.append(bool);
      case Map<?, ?> map -> writeMap(map, newLine, out);
      case long[] numbers -> writeList(Arrays.stream(numbers).boxed().toList(), newLine, out);
      case List<?> list -> writeList(list, newLine, out);
      case Record bean -> writeMap(components(bean), newLine, out);
      default -> writeString(value.toString(), out);
    }
  }

  private static void writeMap(Map<?, ?> map, String newLine, StringBuilder out) {
    String separator = "{";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(separator).append(newLine).append("  ");
      writeString(entry.getKey().toString(), out);
      out.append(": ");
      write(entry.getValue(), newLine + "  ", out);
      separator = ",";
    }
    out.append(map.isEmpty() ? "{}" : newLine + "}");
  }

  private static void writeList(List<?> list, String newLine, StringBuilder out) {
    String separator = "[";
    for (Object element : list) {
      out.append(separator).append(newLine).append("  ");
      write(element, newLine + "  ", out);
      separator = ",";
    }
    out.append(list.isEmpty() ? "[]" : newLine + "]");
  }

  private static Map<String, Object> components(Record bean) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (RecordComponent component : bean.getClass().getRecordComponents()) {
      try {
        map.put(component.getName(), component.getAccessor().invoke(bean));
      } catch (ReflectiveOperationException e) {
        throw new IllegalArgumentException("only public records can be written: " + bean, e);
      }
    }
    return map;
  }

  private static void writeString(String text, StringBuilder out) {
    out.append('"');
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
