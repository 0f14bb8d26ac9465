// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.lucene.util.InfoStream;

/** Keeps what the component HNSW says. */
final class Messages extends InfoStream {
  private final List<String> messages = new CopyOnWriteArrayList<>();

  @Override
  public void message(String component, String message) {
    messages.add(message);
  }

  @Override
  public boolean isEnabled(String component) {
    return component.equals("HNSW");
  }

  @Override
  public void close() {}

  /** Those that contain all the given texts. */
  List<String> with(String... texts) {
    return messages.stream()
        .filter(message -> List.of(texts).stream().allMatch(message::contains))
        .toList();
  }

  void clear() {
    messages.clear();
  }

  @Override
  public String toString() {
    return String.join("\n", messages);
  }
}
