// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
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
    Files.writeString(conf.resolve("solrconfig.xml"), solrconfig(codecFactory));
    Files.writeString(conf.resolve("schema.xml"), schema());
    Files.writeString(
        folder.resolve(core).resolve("core.properties"),
        "name=" + core + "\n" + String.join("\n", properties));
    return this;
  }

  private static String solrconfig(String codecFactory) throws IOException {
    return resource("conf/solrconfig.xml").replace("<!-- codecFactory -->", codecFactory);
  }

  private static String schema() throws IOException {
    return resource("conf/schema.xml").replace("<!-- fields -->", descriptor("schema-fields.xml"));
  }

  /** A config set as the API takes it: the files of a core's {@code conf} in a zip. */
  static byte[] configSet(String codecFactory) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("solrconfig.xml"));
      zip.write(solrconfig(codecFactory).getBytes(StandardCharsets.UTF_8));
      zip.putNextEntry(new ZipEntry("schema.xml"));
      zip.write(schema().getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  /**
   * Makes it the home of a node of SolrCloud, whose port is a system property.
   *
   * @param backups where the node may write to besides
   */
  SolrHome inCloud(String zooKeeper, Path backups) throws IOException {
    Files.writeString(
        folder.resolve("solr.xml"),
        """
        <solr>
          <str name="allowPaths">%s</str>
          <solrcloud>
            <str name="zkHost">%s</str>
            <int name="zkClientTimeout">4000</int>
            <str name="host">127.0.0.1</str>
            <int name="hostPort">${%s}</int>
          </solrcloud>
        </solr>
        """
            .formatted(backups, zooKeeper, SolrProcess.PORT));
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

  /** Where the index is: beside the first one after it has been fetched as a whole. */
  Path index(String core) throws IOException {
    Path pointer = data(core).resolve("index.properties");
    Properties properties = new Properties();
    if (Files.exists(pointer)) {
      try (Reader reader = Files.newBufferedReader(pointer)) {
        properties.load(reader);
      }
    }
    return data(core).resolve(properties.getProperty("index", "index"));
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
