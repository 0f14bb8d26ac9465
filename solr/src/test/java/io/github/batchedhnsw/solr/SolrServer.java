package io.github.batchedhnsw.solr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.solr.servlet.CoreContainerProvider;
import org.apache.solr.servlet.SolrDispatchFilter;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;

/** Solr in Jetty, as it is delivered, on a free port of this machine; spoken to over HTTP. */
final class SolrServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Server jetty;
  private final URI root;

  /** Starts it. Cores load in the background; requests wait for theirs. */
  SolrServer(Path home) throws Exception {
    this(home, 0);
  }

  private SolrServer(Path home, int port) throws Exception {
    jetty = new Server(new InetSocketAddress("127.0.0.1", port));
    ServletContextHandler context = new ServletContextHandler("/solr");
    context.getServletContext().setAttribute(SolrDispatchFilter.SOLRHOME_ATTRIBUTE, "" + home);
    context.addEventListener(new CoreContainerProvider());
    context.addFilter(SolrDispatchFilter.class, "/*", EnumSet.of(DispatcherType.REQUEST));
    jetty.setHandler(context);
    jetty.start();
    root = jetty.getURI().resolve("/solr/");
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
    return send(
        HttpRequest.newBuilder(root.resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
  }

  /** POST of a form. */
  JsonNode form(String path, Map<String, String> parameters) throws Exception {
    String body =
        parameters.entrySet().stream()
            .map(p -> p.getKey() + "=" + URLEncoder.encode(p.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    return send(
        HttpRequest.newBuilder(root.resolve(path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private JsonNode send(HttpRequest.Builder request) throws Exception {
    for (int attempt = 0; ; attempt++) {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      boolean loading = response.statusCode() == 503 && response.body().contains("is loading");
      if (response.statusCode() == 200) {
        return JSON.readTree(response.body());
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
    jetty.stop();
  }

  /** Runs until killed; arguments: {@code SOLR_HOME PORT}. To try the documentation by hand. */
  public static void main(String[] args) throws Exception {
    SolrServer server = new SolrServer(Path.of(args[0]), Integer.parseInt(args[1]));
    System.out.println("Solr is at " + server.url());
    server.jetty.join();
  }
}
