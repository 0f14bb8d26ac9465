// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipFile;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.opensearch.plugins.PluginInfo;
import org.opensearch.plugins.PluginsService;

/**
 * The zip as {@code opensearch-plugin install} judges it, and what a node says of a wrong one. The
 * command itself is not in the registry; what it calls of OpenSearch is.
 */
public class TestInstallation {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static NodeProcess node(String name) throws IOException {
    return new NodeProcess(FOLDER.getRoot().toPath().resolve(name), name);
  }

  /** Replaces a line of the descriptor of the installed plug-in. */
  private static void describe(NodeProcess node, String property, String value) throws IOException {
    Path descriptor = node.plugin(NodeProcess.OURS).resolve("plugin-descriptor.properties");
    String text = Files.readString(descriptor);
    String line = property + "=";
    assertTrue(text, text.contains("\n" + line));
    Files.writeString(
        descriptor, text.replaceAll("(?m)^" + line.replace(".", "\\.") + ".*$", line + value));
  }

  /** All files are on the top level; what is read before they are copied finds nothing wrong. */
  @Test
  public void testZip() throws Exception {
    try (ZipFile zip = new ZipFile(NodeProcess.zip().toFile())) {
      zip.stream().forEach(entry -> assertFalse(entry.getName(), entry.getName().contains("/")));
    }
    try (NodeProcess node = node("zip")) {
      Path folder = node.plugin(NodeProcess.OURS);
      Path staged = folder.resolveSibling(".installing-1");
      Files.move(folder, staged);
      PluginInfo info = PluginInfo.readFromProperties(staged);
      assertEquals(NodeProcess.OURS, info.getName());
      assertEquals(NodeProcess.OURS, info.getTargetFolderName());
      assertFalse(info.hasNativeController());
      PluginsService.verifyCompatibility(info);
      Path plugins = Files.createDirectories(staged.getParent().resolveSibling("others"));
      Path modules = Files.createDirectories(staged.getParent().resolveSibling("none"));
      PluginsService.checkForFailedPluginRemovals(plugins);
      Set<URL> classPath = new HashSet<>();
      for (String jar : NodeProcess.nodeClassPath()) {
        classPath.add(Path.of(jar).toUri().toURL());
      }
      PluginsService.checkJarHellForPlugin(classPath, info, staged, plugins, modules);
    }
  }

  @Test
  public void testWrongVersion() throws Exception {
    try (NodeProcess node = node("wrong")) {
      describe(node, "opensearch.version", "3.4.0");
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  PluginsService.verifyCompatibility(
                      PluginInfo.readFromProperties(node.plugin(NodeProcess.OURS))));
      String message =
          "Plugin [batched-hnsw] was built for OpenSearch version 3.4.0 but version "
              + NodeProcess.OPENSEARCH
              + " is running";
      assertEquals(message, refused.getMessage());
      node.startAndFail();
      assertTrue(node.log(), node.log().contains(message));
    }
  }

  /** Another version in its place, as after {@code remove} and {@code install}. */
  @Test
  public void testUpgrade() throws Exception {
    try (NodeProcess node = node("upgraded")) {
      describe(node, "version", "0.0.9");
      node.start();
      assertEquals("0.0.9", installedVersion(node));
      VectorIndex index =
          VectorIndex.create(node.http(), "kept", 8, ", \"index.batched_hnsw.enabled\": true");
      float[][] vectors = ClusteredVectors.clustered(11, 2000, 8);
      index.index(vectors, 0, 1000);
      index.flush();
      node.stop();
      node.remove(NodeProcess.OURS).install(NodeProcess.OURS).start();
      assertFalse(installedVersion(node).equals("0.0.9"));
      index.index(vectors, 1000, 2000);
      index.forceMerge();
      assertEquals(2000, index.count());
      Map<String, Object> nodes = Http.at(node.http().get("_batched_hnsw/stats"), "nodes");
      assertTrue(Http.<Integer>at(nodes.values().iterator().next(), "graphs") > 0);
    }
  }

  private static String installedVersion(NodeProcess node) throws Exception {
    for (String line : node.http().send("GET", "_cat/plugins", "").body().split("\n")) {
      String[] columns = line.trim().split("\\s+");
      if (columns[1].equals(NodeProcess.OURS)) {
        return columns[2];
      }
    }
    throw new AssertionError("not installed");
  }
}
