// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.luceneutil;

import io.github.batchedhnsw.codec.BatchedHnswScalarQuantizedVectorsFormat;
import io.github.batchedhnsw.codec.BatchedHnswVectorsFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;

/**
 * Starts a program that makes stock formats itself, such as luceneutil's {@code KnnGraphTester},
 * and lets it make ours instead. Neither its source nor its class files are changed: where its
 * classes name a stock format, they are loaded with the name of ours, whose constructors take the
 * same arguments.
 */
public final class WithOurFormats extends ClassLoader {
  private static final Map<String, String> REPLACED =
      Map.of(
          internalName(Lucene99HnswVectorsFormat.class),
          internalName(BatchedHnswVectorsFormat.class),
          internalName(Lucene104HnswScalarQuantizedVectorsFormat.class),
          internalName(BatchedHnswScalarQuantizedVectorsFormat.class));

  private final String programPackage;

  private WithOurFormats(String programPackage) {
    super(WithOurFormats.class.getClassLoader());
    this.programPackage = programPackage;
  }

  private static String internalName(Class<?> type) {
    return type.getName().replace('.', '/');
  }

  /**
   * Starts the program.
   *
   * @param arguments the program's main class, which lies in a package, and its arguments. Formats
   *     are replaced in the classes of that package and of those in it
   * @throws Exception what the program throws
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 0 || arguments[0].indexOf('.') < 0) {
      System.err.println("Usage: WithOurFormats package.MainClass [ARGUMENT]...");
      System.exit(2);
    }
    String[] rest = new String[arguments.length - 1];
    System.arraycopy(arguments, 1, rest, 0, rest.length);
    start(arguments[0], rest);
  }

  static void start(String mainClass, String[] arguments) throws Exception {
    String programPackage = mainClass.substring(0, mainClass.lastIndexOf('.') + 1);
    try {
      new WithOurFormats(programPackage)
          .loadClass(mainClass)
          .getMethod("main", String[].class)
          .invoke(null, (Object) arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(programPackage)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] changed = replaceFormats(in.readAllBytes());
      return defineClass(name, changed, 0, changed.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  /**
   * Copies a class file; in its constant pool (section 4.4 of the JVM's specification) stock's
   * names become ours.
   */
  private static byte[] replaceFormats(byte[] classFile) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(classFile));
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeLong(in.readLong()); // magic number and version
    int constants = in.readUnsignedShort();
    out.writeShort(constants);
    for (int i = 1; i < constants; i++) {
      int tag = in.readUnsignedByte();
      out.writeByte(tag);
      switch (tag) {
        case 1 -> out.writeUTF(replaceNames(in.readUTF()));
        case 5, 6 -> { // long and double take two places
          out.writeLong(in.readLong());
          i++;
        }
        case 7, 8, 16, 19, 20 -> out.writeShort(in.readShort());
        case 15 -> out.write(in.readNBytes(3));
        default -> out.writeInt(in.readInt());
      }
    }
    in.transferTo(out);
    return bytes.toByteArray();
  }

  /** A constant is the name itself, or a descriptor with the name in it. */
  private static String replaceNames(String constant) {
    String result = constant;
    for (Map.Entry<String, String> names : REPLACED.entrySet()) {
      result = result.replace(names.getKey(), names.getValue());
    }
    return result;
  }
}
