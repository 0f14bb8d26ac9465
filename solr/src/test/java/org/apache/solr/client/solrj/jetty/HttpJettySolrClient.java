package org.apache.solr.client.solrj.jetty;

import java.util.concurrent.TimeUnit;
import org.apache.solr.client.solrj.impl.HttpJdkSolrClient;
import org.apache.solr.client.solrj.impl.HttpSolrClientBuilderBase;

/**
 * TEST-ONLY STAND-IN: solr-core 10.0.0 is compiled against solr-solrj-jetty, which is not in the
 * package registry. Sends requests as SolrJ's client for the JDK does.
 */
public class HttpJettySolrClient extends HttpJdkSolrClient {

  private HttpJettySolrClient(String baseUrl, HttpJdkSolrClient.Builder builder) {
    super(baseUrl, builder);
  }

  /** Metrics and authentication between nodes, which no test uses. */
  public void addListenerFactory(HttpListenerFactory factory) {}

  /** What solr-core calls of the real one. */
  public static final class Builder
      extends HttpSolrClientBuilderBase<Builder, HttpJettySolrClient> {

    public Builder() {}

    public Builder(String baseUrl) {
      this.baseSolrUrl = baseUrl;
    }

    public Builder addListenerFactory(HttpListenerFactory factory) {
      return this;
    }

    @Override
    public Builder withHttpClient(HttpJettySolrClient client) {
      return this;
    }

    @Override
    public HttpJettySolrClient build() {
      return new HttpJettySolrClient(
          baseSolrUrl,
          new HttpJdkSolrClient.Builder()
              .useHttp1_1(true)
              .withConnectionTimeout(10, TimeUnit.SECONDS)
              .withRequestTimeout(60, TimeUnit.SECONDS));
    }
  }
}
