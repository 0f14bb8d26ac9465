// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import jakarta.servlet.DispatcherType;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.EnumSet;
import org.apache.solr.servlet.CoreContainerProvider;
import org.apache.solr.servlet.SolrDispatchFilter;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;

/** Solr in Jetty, as it is delivered, on a free port of this machine. */
final class SolrServer extends SolrHttp {
  private final Server jetty;

  /** Starts it. Cores load in the background; requests wait for theirs. */
  SolrServer(Path home) throws Exception {
    this(start(home, 0));
  }

  private SolrServer(Server jetty) {
    super(jetty.getURI().resolve("/solr/"));
    this.jetty = jetty;
  }

  private static Server start(Path home, int port) throws Exception {
    Server jetty = new Server(new InetSocketAddress("127.0.0.1", port));
    ServletContextHandler context = new ServletContextHandler("/solr");
    context.getServletContext().setAttribute(SolrDispatchFilter.SOLRHOME_ATTRIBUTE, "" + home);
    context.addEventListener(new CoreContainerProvider());
    context.addFilter(SolrDispatchFilter.class, "/*", EnumSet.of(DispatcherType.REQUEST));
    jetty.setHandler(context);
    jetty.start();
    return jetty;
  }

  @Override
  public void close() throws Exception {
    super.close();
    jetty.stop();
  }

  /**
   * Runs until killed; arguments: {@code SOLR_HOME PORT}. For {@link SolrProcess}, and to try the
   * documentation by hand.
   */
  public static void main(String[] args) {
    try {
      Server jetty = start(Path.of(args[0]), Integer.parseInt(args[1]));
      jetty.setStopAtShutdown(true);
      System.out.println("Solr is at " + jetty.getURI().resolve("/solr"));
      jetty.join();
    } catch (Throwable t) {
      // Threads that Solr has started already would keep the process.
      t.printStackTrace();
      System.exit(1);
    }
  }
}
