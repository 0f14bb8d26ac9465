// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.opensearch.common.xcontent.XContentHelper;
import org.opensearch.common.xcontent.XContentType;

/** Requests to a node, and its answers as maps. */
final class Http {
  private static final Duration TIMEOUT = Duration.ofMinutes(20);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String address;

  /** An answer of any status. */
  record Answer(int status, String body) {
    Map<String, Object> map() {
      return XContentHelper.convertToMap(XContentType.JSON.xContent(), body, false);
    }
  }

  Http(int port) {
    this.address = "http://127.0.0.1:" + port + "/";
  }

  boolean answers() throws IOException, InterruptedException {
    try {
      return send("GET", "_cluster/health?wait_for_status=yellow&timeout=60s", "").status() == 200;
    } catch (ConnectException e) {
      return false;
    }
  }

  /** Sends a request, whatever the answer. */
  Answer send(String method, String path, String body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + path))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body());
  }

  private Map<String, Object> request(String method, String path, String body)
      throws IOException, InterruptedException {
    Answer answer = send(method, path, body);
    if (answer.status() >= 300) {
      throw new AssertionError(method + " " + path + ": " + answer);
    }
    return answer.map();
  }

  Map<String, Object> get(String path) throws IOException, InterruptedException {
    return request("GET", path, "");
  }

  Map<String, Object> put(String path, String body) throws IOException, InterruptedException {
    return request("PUT", path, body);
  }

  Map<String, Object> post(String path, String body) throws IOException, InterruptedException {
    return request("POST", path, body);
  }

  /** A value inside of an answer; names and list indices lead to it. */
  @SuppressWarnings("unchecked")
  static <T> T at(Object json, Object... steps) {
    for (Object step : steps) {
      Object next =
          step instanceof Integer index
              ? ((List<Object>) json).get(index)
              : ((Map<String, Object>) json).get(step);
      if (next == null) {
        throw new AssertionError("no " + step + " in " + json);
      }
      json = next;
    }
    return (T) json;
  }
}
