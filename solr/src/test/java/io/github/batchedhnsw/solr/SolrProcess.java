// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Solr, or a node of SolrCloud, in a process of its own, which has the properties of a JVM to
 * itself and can be killed. It keeps its home and its port from start to start.
 */
final class SolrProcess extends SolrHttp {
  /** Property of the node's JVM, for its {@code solr.xml}. */
  static final String PORT = "test.port";

  private static final int START_SECONDS = 60;
  private static final int STOP_SECONDS = 60;

  private final SolrHome home;
  private final int port;
  private final Path log;
  private final List<String> options = new ArrayList<>(List.of("-Xmx512m"));
  private Process process;

  /** A node that is not started yet. */
  SolrProcess(SolrHome home) throws IOException {
    this(home, freePort());
  }

  private SolrProcess(SolrHome home, int port) {
    super(URI.create("http://127.0.0.1:" + port + "/solr/"));
    this.home = home;
    this.port = port;
    this.log = home.folder().resolve("node.log");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Adds an option of its JVM; later ones win. */
  SolrProcess withOption(String option) {
    options.add(option);
    return this;
  }

  /** What the cluster calls it. */
  String nodeName() {
    return "127.0.0.1:" + port + "_solr";
  }

  SolrHome home() {
    return home;
  }

  /** What the node has said since it was started last. */
  String log() throws IOException {
    return Files.readString(log);
  }

  /**
   * Starts it and waits until it answers; its cores may still load or recover.
   *
   * @param properties of its JVM, as {@code name=value}
   */
  SolrProcess start(String... properties) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.add("--enable-native-access=ALL-UNNAMED");
    for (String name :
        List.of(
            "java.util.logging.config.file", "solr.http1", "solr.security.allow.urls.enabled")) {
      command.add("-D" + name + "=" + System.getProperty(name));
    }
    command.add("-Dsolr.logs.dir=" + home.folder());
    command.add("-D" + PORT + "=" + port);
    for (String property : properties) {
      command.add("-D" + property);
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(SolrServer.class.getName(), home.folder().toString(), "" + port));
    process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Wait.until(
        START_SECONDS,
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("rc " + process.exitValue() + "\n" + log());
          }
          return get("admin/info/system").has("lucene");
        });
    return this;
  }

  /** Processor time since it has started. */
  double cpuSeconds() {
    return process.info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
  }

  /** SIGTERM; waits for the end. */
  void stop() throws Exception {
    process.destroy();
    end();
  }

  /** SIGKILL; waits for the end. */
  void kill() throws Exception {
    process.destroyForcibly();
    end();
  }

  private void end() throws Exception {
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("does not stop\n" + log());
    }
  }

  @Override
  public void close() throws Exception {
    super.close();
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }
}
