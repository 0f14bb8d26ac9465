// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/** A ZooKeeper in this JVM, on a free port of this machine. */
final class ZooKeeper implements AutoCloseable {
  private static final int TICK_MILLIS = 500;

  private final NIOServerCnxnFactory connections = new NIOServerCnxnFactory();

  /** Starts it with nothing in it. */
  ZooKeeper(Path folder) throws Exception {
    FileUtils.deleteDirectory(folder.toFile());
    Files.createDirectories(folder);
    connections.configure(new InetSocketAddress("127.0.0.1", 0), 0);
    connections.startup(new ZooKeeperServer(folder.toFile(), folder.toFile(), TICK_MILLIS));
  }

  /** As nodes are told. */
  String host() {
    return "127.0.0.1:" + connections.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    connections.shutdown();
  }
}
