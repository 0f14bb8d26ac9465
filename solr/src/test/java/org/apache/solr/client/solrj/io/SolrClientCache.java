// SPDX-License-Identifier: Apache-2.0
package org.apache.solr.client.solrj.io;

import java.io.Closeable;
import org.apache.solr.client.solrj.impl.HttpSolrClientBase;

/**
 * TEST-ONLY STAND-IN: solr-solrj-streaming 10.0.0 is not in the package registry, and this class of
 * 9.10.1 has another constructor. For streaming expressions, which no test uses.
 */
public class SolrClientCache implements Closeable {

  public SolrClientCache(HttpSolrClientBase client) {}

  /** For streaming expressions between nodes. */
  public void setDefaultZKHost(String zkHost) {}

  @Override
  public void close() {}
}
