package org.apache.solr.client.solrj.jetty;

import java.util.concurrent.CompletableFuture;
import org.apache.solr.client.solrj.SolrClient;
import org.apache.solr.client.solrj.SolrRequest;
import org.apache.solr.client.solrj.impl.LBAsyncSolrClient;
import org.apache.solr.common.util.NamedList;

/** TEST-ONLY STAND-IN, see {@link HttpJettySolrClient}: no test has several shards. */
public class LBJettySolrClient extends LBAsyncSolrClient {

  private LBJettySolrClient(Builder builder) {
    super(builder);
  }

  @Override
  protected CompletableFuture<NamedList<Object>> requestAsyncWithUrl(
      SolrClient client, String baseUrl, SolrRequest<?> request) {
    throw new UnsupportedOperationException("several shards; request=" + request);
  }

  /** What solr-core calls of the real one. */
  public static final class Builder extends LBAsyncSolrClient.Builder<HttpJettySolrClient> {

    public Builder(HttpJettySolrClient client, Endpoint... endpoints) {
      super(client, endpoints);
    }

    @Override
    public LBJettySolrClient build() {
      return new LBJettySolrClient(this);
    }
  }
}
