// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * One OpenSearch node in a process of its own: the jars of the registry laid out as in a
 * distribution, OpenSearch's own main class, plug-ins unpacked from their zips, HTTP on a free port
 * of 127.0.0.1.
 *
 * <p>JNA's native part is left out. Without it OpenSearch cannot tell that it runs as root, which
 * it would refuse, and tests run as root in many a container.
 */
final class NodeProcess implements AutoCloseable {
  static final String OPENSEARCH = System.getProperty("node.opensearch");
  static final String OURS = "batched-hnsw";
  static final String VECTORS = OPENSEARCH.equals("3.5.0") ? "opensearch-knn" : "stand-in";

  private static final String PACKAGE = NodeProcess.class.getPackageName();
  private static final Path BUILD = Path.of(System.getProperty("node.build"));

  /** Classes that the first node to end in peace has loaded, so that the others start faster. */
  private static final Path CLASSES = BUILD.resolve("classes.jsa").toAbsolutePath();

  /** Short-lived nodes are faster without the second compiler, which also means plain Java. */
  private static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";

  /** Compiles as nodes of operators do: for {@link #jvmOption}. */
  static final String BOTH_COMPILERS = "-XX:TieredStopAtLevel=4";

  private static final int START_SECONDS = 180;
  private static final int STOP_SECONDS = 60;

  private final Path home;
  private final Map<String, String> settings = new TreeMap<>();
  private final List<String> jvmOptions =
      new ArrayList<>(List.of("-Xms512m", "-Xmx512m", FIRST_COMPILER));
  private final int httpPort = freePort();
  private final Http http = new Http(httpPort);
  private Process process;

  /** A node that has both plug-ins and is not started yet. */
  NodeProcess(Path home, String name) throws IOException {
    this.home = home;
    int transportPort = freePort();
    setting("node.name", name);
    setting("cluster.name", "test");
    setting("network.host", "127.0.0.1");
    setting("http.port", Integer.toString(httpPort));
    setting("transport.port", Integer.toString(transportPort));
    setting("path.repo", home.resolveSibling("repository").toString());
    setting("cluster.routing.allocation.disk.threshold_enabled", "false");
    setting("discovery.type", "single-node");
    for (String folder : List.of("config", "plugins", "modules", "lib", "logs")) {
      Files.createDirectories(home.resolve(folder));
    }
    Files.writeString(
        home.resolve("config/log4j2.properties"),
        """
        appender.console.type = Console
        appender.console.name = console
        appender.console.layout.type = PatternLayout
        appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
        rootLogger.level = info
        rootLogger.appenderRef.console.ref = console
        """);
    layOutTransport();
    install(OURS);
    install(VECTORS);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Two nodes that form one cluster. */
  static List<NodeProcess> cluster(Path folder) throws IOException {
    List<NodeProcess> nodes =
        List.of(
            new NodeProcess(folder.resolve("node-1"), "node-1"),
            new NodeProcess(folder.resolve("node-2"), "node-2"));
    String hosts =
        nodes.stream()
            .map(node -> "127.0.0.1:" + node.settings.get("transport.port"))
            .collect(Collectors.joining(","));
    for (NodeProcess node : nodes) {
      node.settings.remove("discovery.type");
      node.setting("discovery.seed_hosts", hosts);
      node.setting("cluster.initial_cluster_manager_nodes", "node-1");
    }
    return nodes;
  }

  /** The files that docs/opensearch.md tells users to copy. */
  static Path descriptor(String file) {
    return Path.of("../lucene-plugin-descriptor/opensearch").resolve(file);
  }

  /** Sets the lines of the opensearch.yml that users copy. */
  NodeProcess documentedSettings() throws IOException {
    for (String line : Files.readAllLines(descriptor("opensearch.yml"))) {
      if (!line.startsWith("#")) {
        String[] parts = line.split(": ");
        setting(parts[0], parts[1]);
      }
    }
    return this;
  }

  /** Sets or replaces a line of opensearch.yml. */
  NodeProcess setting(String key, String value) {
    settings.put(key, value);
    return this;
  }

  /** Adds an option of the node's JVM; later ones win. */
  NodeProcess jvmOption(String option) {
    jvmOptions.add(option);
    return this;
  }

  private static List<String> classPath() {
    try {
      return List.of(
          Files.readString(BUILD.resolve("node.classpath")).trim().split(File.pathSeparator));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The jars that a node has on its class path. */
  static List<String> nodeClassPath() {
    return classPath().stream().filter(jar -> !isTransport(jar)).toList();
  }

  private static boolean isTransport(String jar) {
    return Path.of(jar)
        .getFileName()
        .toString()
        .matches("(netty-|transport-netty4|opensearch-netty4).*");
  }

  private void layOutTransport() throws IOException {
    Path module = home.resolve("modules/transport-netty4");
    describe(module, "transport-netty4", "org.opensearch.transport.Netty4ModulePlugin");
    for (String jar : classPath()) {
      if (isTransport(jar)) {
        Files.createSymbolicLink(module.resolve(Path.of(jar).getFileName()), Path.of(jar));
      }
    }
  }

  private static void describe(Path plugin, String name, String className) throws IOException {
    Files.createDirectories(plugin);
    Files.writeString(
        plugin.resolve("plugin-descriptor.properties"),
        String.join(
            "\n",
            "name=" + name,
            "description=" + name,
            "version=" + OPENSEARCH,
            "opensearch.version=" + OPENSEARCH,
            "java.version=21",
            "classname=" + className));
  }

  /** The zip that users install. */
  static Path zip() throws IOException {
    return built("batched-hnsw-*.zip").get(0);
  }

  /** Where a plug-in is installed. */
  Path plugin(String name) {
    return home.resolve("plugins").resolve(name);
  }

  /** Unpacks a plug-in into the plug-ins folder, as opensearch-plugin would. */
  NodeProcess install(String plugin) throws IOException {
    Path folder = plugin(plugin);
    switch (plugin) {
      case OURS -> unzip(zip(), folder);
      case "opensearch-knn" -> {
        unzip(built("opensearch-knn-*.zip").get(0), folder);
        // It extends two plug-ins that it does not need for what is tested here.
        installTestClasses("lang-painless", PACKAGE + ".stub.painless.LangPainless", List.of());
        installTestClasses(
            "transport-grpc",
            PACKAGE + ".stub.grpc.TransportGrpc",
            List.of("org.opensearch.transport.grpc.spi"));
        for (Path needed : built("transport-grpc/*.jar")) {
          Files.copy(needed, home.resolve("plugins/transport-grpc").resolve(needed.getFileName()));
        }
      }
      case "stand-in" -> installTestClasses(plugin, PACKAGE + ".standin.VectorPlugin", List.of());
      default -> throw new IllegalArgumentException("plugin=" + plugin);
    }
    return this;
  }

  /** Packs the package of a plug-in of the test tree, and other packages. */
  private void installTestClasses(String name, String className, List<String> others)
      throws IOException {
    Path folder = home.resolve("plugins").resolve(name);
    describe(folder, name, className);
    List<String> packages = new ArrayList<>(others);
    packages.add(className.substring(0, className.lastIndexOf('.')));
    try (ZipOutputStream jar =
        new ZipOutputStream(Files.newOutputStream(folder.resolve(name + ".jar")))) {
      for (String packed : packages) {
        String inJar = packed.replace('.', '/');
        for (Path file : built("test-classes/" + inJar + "/*.class")) {
          jar.putNextEntry(new ZipEntry(inJar + "/" + file.getFileName()));
          Files.copy(file, jar);
          jar.closeEntry();
        }
      }
    }
  }

  /** Files of the build; the pattern is one of names in a folder. */
  private static List<Path> built(String pattern) throws IOException {
    Path path = BUILD.resolve(pattern);
    List<Path> found = new ArrayList<>();
    try (var files = Files.newDirectoryStream(path.getParent(), path.getFileName().toString())) {
      files.forEach(found::add);
    }
    return found;
  }

  private static void unzip(Path zip, Path folder) throws IOException {
    Files.createDirectories(folder);
    try (InputStream file = Files.newInputStream(zip);
        ZipInputStream in = new ZipInputStream(file)) {
      for (ZipEntry entry; (entry = in.getNextEntry()) != null; ) {
        if (!entry.isDirectory()) {
          Files.copy(in, folder.resolve(Path.of(entry.getName()).getFileName()));
        }
      }
    }
  }

  /** Deletes a plug-in, as opensearch-plugin would. */
  NodeProcess remove(String plugin) throws IOException {
    Path folder = plugin(plugin);
    try (var files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
    return this;
  }

  /** Starts the node and waits until it answers; what it says is in {@link #log}. */
  NodeProcess start() throws IOException, InterruptedException {
    launch();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!http.answers()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        kill();
        throw new AssertionError("the node did not start\n" + log());
      }
      Thread.sleep(100);
    }
    return this;
  }

  /** Starts a node that is expected to refuse to. */
  void startAndFail() throws IOException, InterruptedException {
    launch();
    if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
      kill();
      throw new AssertionError("the node started\n" + log());
    }
  }

  private void launch() throws IOException {
    Files.write(
        home.resolve("config/opensearch.yml"),
        settings.entrySet().stream()
            .map(setting -> setting.getKey() + ": \"" + setting.getValue() + "\"")
            .toList());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+AutoCreateSharedArchive",
            "-XX:SharedArchiveFile=" + CLASSES,
            "-Djna.nounpack=true",
            "-Djna.nosys=true",
            "-Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager",
            "-Dopensearch.path.home=" + home,
            "-Dopensearch.path.conf=" + home.resolve("config"),
            "-classpath",
            String.join(File.pathSeparator, nodeClassPath()),
            "org.opensearch.bootstrap.OpenSearch"));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("out.log").toFile()))
            .start();
  }

  Http http() {
    return http;
  }

  /** All that the node has printed since it was made. */
  String log() throws IOException {
    return Files.readString(home.resolve("out.log"));
  }

  /** The files of all shards. */
  List<Path> shardFiles() throws IOException {
    try (Stream<Path> files = Files.walk(home.resolve("data"))) {
      return files.filter(file -> file.getParent().endsWith("index")).toList();
    }
  }

  /** Processor time since it has started. */
  double cpuSeconds() {
    return process.info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
  }

  /** Ends the node in the orderly way. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      kill();
      throw new AssertionError("the node did not stop");
    }
  }

  /** Ends the node with SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    if (process != null && process.isAlive()) {
      if (Files.exists(CLASSES)) {
        kill();
      } else {
        stop();
      }
    }
  }
}
