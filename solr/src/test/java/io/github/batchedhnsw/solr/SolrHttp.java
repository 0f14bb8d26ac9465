// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Speaks to a Solr over HTTP, JSON in both directions. */
class SolrHttp implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI root;
  private final Map<String, String> defaults;

  /**
   * @param root of Solr, with a slash at the end
   */
  SolrHttp(URI root) {
    this(root, Map.of());
  }

  private SolrHttp(URI root, Map<String, String> defaults) {
    this.root = root;
    this.defaults = defaults;
  }

  /** The same, with a parameter that every form has. */
  SolrHttp with(String parameter, String value) {
    Map<String, String> more = new TreeMap<>(defaults);
    more.put(parameter, value);
    return new SolrHttp(root, more);
  }

  /** Where it is, without slash at the end. */
  String url() {
    String url = root.toString();
    return url.substring(0, url.length() - 1);
  }

  /** GET of a path below {@code /solr/}; {@code wt=json} is Solr's default. */
  JsonNode get(String path) throws Exception {
    return send(HttpRequest.newBuilder(root.resolve(path)).GET());
  }

  /** POST of a JSON body. */
  JsonNode post(String path, Object body) throws Exception {
    return postJson(path, JSON.writeValueAsString(body));
  }

  /** POST of a JSON body as it is. */
  JsonNode postJson(String path, String json) throws Exception {
    return send(
        HttpRequest.newBuilder(root.resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  /** POST of bytes as they are. */
  JsonNode upload(String path, byte[] body) throws Exception {
    return send(
        HttpRequest.newBuilder(root.resolve(path))
            .header("Content-Type", "application/octet-stream")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  /** POST of a form. */
  JsonNode form(String path, Map<String, String> parameters) throws Exception {
    Map<String, String> all = new TreeMap<>(defaults);
    all.putAll(parameters);
    String body =
        all.entrySet().stream()
            .map(p -> p.getKey() + "=" + URLEncoder.encode(p.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    return send(
        HttpRequest.newBuilder(root.resolve(path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /** GET of what is not JSON. */
  String text(String path) throws Exception {
    return body(HttpRequest.newBuilder(root.resolve(path)).GET());
  }

  private JsonNode send(HttpRequest.Builder request) throws Exception {
    return JSON.readTree(body(request));
  }

  private String body(HttpRequest.Builder request) throws Exception {
    for (int attempt = 0; ; attempt++) {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      boolean loading = response.statusCode() == 503 && response.body().contains("is loading");
      if (response.statusCode() == 200) {
        return response.body();
      }
      if (!loading || attempt == 300) {
        throw new IOException(response.statusCode() + ": " + response.body());
      }
      Thread.sleep(100);
    }
  }

  @Override
  public void close() throws Exception {
    http.close();
  }
}
