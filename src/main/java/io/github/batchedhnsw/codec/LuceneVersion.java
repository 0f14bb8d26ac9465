// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatFieldVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.util.Version;

/**
 * Determines which Lucene is running, and which {@link LuceneApi} fits. With the wrong one vectors
 * would be lost without any error, because a merge would call methods that the writer does not
 * have. Therefore a version newer than the tested ones is refused, unless its methods for writing
 * vectors are those of {@code Lucene105Api}. Any other incompatible change ends a flush or merge
 * with an error, and nothing is lost.
 */
final class LuceneVersion {
  private static final Version OLDEST = Version.fromBits(10, 3, 0);
  private static final Version READS_WITHOUT_GRAPH = Version.fromBits(10, 4, 0);
  private static final Version SECOND_API = Version.fromBits(10, 5, 0);

  /** The first version that is not tested. */
  private static final Version UNKNOWN = Version.fromBits(10, 7, 0);

  /**
   * All methods of the classes that ours extend; a new method may be a new way to write vectors.
   */
  private static final Map<Class<?>, Set<String>> EXTENDED =
      Map.of(
          KnnVectorsFormat.class,
          Set.of(
              "String getName()",
              "KnnVectorsWriter fieldsWriter(SegmentWriteState)",
              "KnnVectorsReader fieldsReader(SegmentReadState)",
              "int getMaxDimensions(String)"),
          KnnVectorsWriter.class,
          Set.of(
              "KnnFieldVectorsWriter addField(FieldInfo)",
              "void flush(int, DocMap)",
              "IORunnable mergeOneField(FieldInfo, MergeState)",
              "void finish()"),
          KnnFieldVectorsWriter.class,
          Set.of("void addValue(int, Object)", "Object copyValue(Object)"));

  /** The methods that are called to write flat vectors. */
  private static final Map<Class<?>, Set<String>> CALLED =
      Map.of(
          FlatVectorsFormat.class,
          Set.of(
              "FlatVectorsWriter fieldsWriter(SegmentWriteState)",
              "FlatVectorsReader fieldsReader(SegmentReadState)"),
          FlatVectorsWriter.class,
          Set.of(
              "FlatFieldVectorsWriter addField(FieldInfo)",
              "void mergeOneFlatVectorField(FieldInfo, MergeState)"),
          FlatFieldVectorsWriter.class,
          Set.of("List getVectors()", "DocsWithFieldSet getDocsWithFieldSet()"),
          MergeState.class,
          Set.of("void checkAborted()"));

  private LuceneVersion() {}

  /**
   * Checks the version of the Lucene that is running.
   *
   * @throws IllegalStateException if it is not supported
   */
  static void check() {
    apiNameFor(Version.LATEST);
  }

  /** The API of the Lucene that is running; {@link #check()} has passed. */
  static LuceneApi api() {
    return Running.API;
  }

  /** Simple name of the implementation for a version of Lucene. */
  static String apiNameFor(Version running) {
    if (running.major != OLDEST.major || !running.onOrAfter(OLDEST)) {
      throw new IllegalStateException(
          "lucene-batched-hnsw writes with Lucene "
              + OLDEST
              + " to 10.6 and must not with another one; running Lucene="
              + running);
    }
    if (running.onOrAfter(UNKNOWN)) {
      checkMethods(running);
    }
    return running.onOrAfter(SECOND_API) ? "Lucene105Api" : "Lucene103Api";
  }

  private static void checkMethods(Version running) {
    EXTENDED.forEach(
        (type, expected) -> {
          Set<String> found = overridable(type);
          if (!found.equals(expected)) {
            throw changed(type, expected, found, running);
          }
        });
    CALLED.forEach(
        (type, expected) -> {
          Set<String> found = overridable(type);
          if (!found.containsAll(expected)) {
            throw changed(type, expected, found, running);
          }
        });
  }

  private static IllegalStateException changed(
      Class<?> type, Set<String> expected, Set<String> found, Version running) {
    return new IllegalStateException(
        "lucene-batched-hnsw has not been tested with this Lucene, in which "
            + type.getName()
            + " has the methods "
            + found
            + " instead of "
            + new TreeSet<>(expected)
            + "; running Lucene="
            + running);
  }

  /** Methods that a class declares and that a subclass may declare, too. */
  private static Set<String> overridable(Class<?> type) {
    int fixed = Modifier.STATIC | Modifier.FINAL | Modifier.PRIVATE;
    return Stream.of(type.getDeclaredMethods())
        .filter(method -> !method.isSynthetic() && (method.getModifiers() & fixed) == 0)
        .map(LuceneVersion::signature)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String signature(Method method) {
    return method.getReturnType().getSimpleName()
        + " "
        + method.getName()
        + Arrays.stream(method.getParameterTypes())
            .map(Class::getSimpleName)
            .collect(Collectors.joining(", ", "(", ")"));
  }

  /** Whether Lucene can search a segment that has vectors but no graph; 10.3 cannot. */
  static boolean readsWithoutGraph(Version running) {
    return running.onOrAfter(READS_WITHOUT_GRAPH);
  }

  /**
   * The choice, made once. The implementations are compiled separately, so they are loaded by name.
   */
  private static final class Running {
    static final LuceneApi API = load(apiNameFor(Version.LATEST));

    private static LuceneApi load(String simpleName) {
      try {
        return Class.forName(LuceneVersion.class.getPackageName() + "." + simpleName)
            .asSubclass(LuceneApi.class)
            .getDeclaredConstructor()
            .newInstance();
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(
            "incomplete lucene-batched-hnsw jar: no " + simpleName + " in it", e);
      }
    }
  }
}
