package io.github.batchedhnsw.solr;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;

/** A fresh {@code $SOLR_HOME}, into which things are put as an operator does. */
final class SolrHome {
  /** What {@code solrconfig.xml} says where it says nothing. */
  static final String STOCK = "";

  private final Path folder;

  /** An empty one below {@code target/homes}. */
  SolrHome(String name) throws IOException {
    folder = Path.of(System.getProperty("test.folder"), name);
    FileUtils.deleteDirectory(folder.toFile());
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("solr.xml"), "<solr></solr>");
  }

  /** Puts the jar into {@code lib}. */
  SolrHome withJar() throws IOException {
    Path jar = Path.of(System.getProperty("plugin.jar"));
    Path lib = Files.createDirectories(folder.resolve("lib"));
    Files.copy(jar, lib.resolve(jar.getFileName()));
    return this;
  }

  /** Takes it out again; the server is not running. */
  SolrHome withoutJar() throws IOException {
    FileUtils.deleteDirectory(folder.resolve("lib").toFile());
    return this;
  }

  /**
   * Adds a core, or gives it another configuration; the server is not running.
   *
   * @param codecFactory an element of {@code solrconfig.xml}, or {@link #STOCK}
   * @param properties lines for {@code core.properties}
   */
  SolrHome withCore(String core, String codecFactory, String... properties) throws IOException {
    Path conf = Files.createDirectories(folder.resolve(core).resolve("conf"));
    Files.writeString(
        conf.resolve("solrconfig.xml"),
        resource("conf/solrconfig.xml").replace("<!-- codecFactory -->", codecFactory));
    Files.writeString(
        conf.resolve("schema.xml"),
        resource("conf/schema.xml").replace("<!-- fields -->", descriptor("schema-fields.xml")));
    Files.writeString(
        folder.resolve(core).resolve("core.properties"),
        "name=" + core + "\n" + String.join("\n", properties));
    return this;
  }

  /** Copies the index of a core of another home; no server is running. */
  SolrHome withIndexOf(SolrHome other, String core) throws IOException {
    FileUtils.copyDirectory(other.data(core).toFile(), data(core).toFile());
    return this;
  }

  private Path data(String core) {
    return folder.resolve(core).resolve("data");
  }

  Path folder() {
    return folder;
  }

  Path index(String core) {
    return data(core).resolve("index");
  }

  /** A file of {@code lucene-plugin-descriptor/solr}, as the user gets it. */
  static String descriptor(String name) throws IOException {
    return Files.readString(Path.of(System.getProperty("plugin.descriptor"), name));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = SolrHome.class.getResourceAsStream("/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
