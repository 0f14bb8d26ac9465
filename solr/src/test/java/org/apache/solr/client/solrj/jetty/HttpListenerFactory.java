package org.apache.solr.client.solrj.jetty;

import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Result;

/** TEST-ONLY STAND-IN, see {@link HttpJettySolrClient}. */
@FunctionalInterface
public interface HttpListenerFactory {

  /** Told of the stages of a request. */
  abstract class RequestResponseListener {
    public void onBegin(Request request) {}

    public void onQueued(Request request) {}

    public void onComplete(Result result) {}
  }

  RequestResponseListener get();
}
