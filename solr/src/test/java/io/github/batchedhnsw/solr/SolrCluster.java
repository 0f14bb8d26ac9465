// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Two nodes of SolrCloud and a ZooKeeper, with collections of two shards on both. */
final class SolrCluster implements AutoCloseable {
  private static final int SECONDS = 60;

  private final ZooKeeper zooKeeper;
  private final Path backups;
  private final SolrProcess first;
  private final SolrProcess second;

  /**
   * One of the two copies of a shard.
   *
   * @param shard name of the shard
   * @param core name of the core
   * @param node name of the node
   * @param state such as {@code active}
   * @param leader whether it leads its shard
   */
  record Replica(String shard, String core, String node, String state, boolean leader) {}

  /** Nodes that are not started yet, without our jar. */
  SolrCluster(String name) throws Exception {
    Path folder = new SolrHome(name).folder();
    zooKeeper = new ZooKeeper(folder.resolve("zookeeper"));
    backups = Files.createDirectories(folder.resolve("backups"));
    first = node(new SolrHome(name + "/first").inCloud(zooKeeper.host(), backups));
    second = node(new SolrHome(name + "/second").inCloud(zooKeeper.host(), backups));
  }

  SolrProcess first() {
    return first;
  }

  SolrProcess second() {
    return second;
  }

  /** Short-lived nodes are faster without the second compiler, which also means plain Java. */
  private static SolrProcess node(SolrHome home) throws IOException {
    return new SolrProcess(home).withOption("-XX:TieredStopAtLevel=1");
  }

  /** Puts a config set into ZooKeeper. */
  void configSet(String name, String codecFactory) throws Exception {
    first.upload("admin/configs?action=UPLOAD&name=" + name, SolrHome.configSet(codecFactory));
  }

  private JsonNode collections(SolrHttp node, String action, Map<String, String> parameters)
      throws Exception {
    Map<String, String> all = new TreeMap<>(parameters);
    all.put("action", action);
    return node.form("admin/collections", all);
  }

  /**
   * Creates a collection with one replica of each shard, on the first node.
   *
   * @param type of all replicas: {@code nrt} or {@code tlog}
   */
  void createOnFirst(String collection, String configSet, String type) throws Exception {
    collections(
        first,
        "CREATE",
        Map.of(
            "name",
            collection,
            "collection.configName",
            configSet,
            "numShards",
            "2",
            "createNodeSet",
            first.nodeName(),
            type + "Replicas",
            "1"));
  }

  /**
   * Creates a collection whose leaders are on the first node.
   *
   * @param type of the replicas on the second node: {@code nrt}, {@code tlog} or {@code pull};
   *     leaders of {@code pull} are {@code nrt}
   */
  void create(String collection, String configSet, String type) throws Exception {
    createOnFirst(collection, configSet, type.equals("pull") ? "nrt" : type);
    for (String shard : List.of("shard1", "shard2")) {
      collections(
          first,
          "ADDREPLICA",
          Map.of(
              "collection", collection, "shard", shard, "type", type, "node", second.nodeName()));
    }
    awaitActive(collection);
  }

  void delete(String collection) throws Exception {
    collections(first, "DELETE", Map.of("name", collection));
  }

  /** Writes a backup. */
  void backup(String collection, String name) throws Exception {
    collections(
        first,
        "BACKUP",
        Map.of("collection", collection, "name", name, "location", backups.toString()));
  }

  /** Makes a collection of it, on one node. */
  void restore(String name, String collection, String configSet, SolrProcess node)
      throws Exception {
    collections(
        first,
        "RESTORE",
        Map.of(
            "collection", collection,
            "name", name,
            "location", backups.toString(),
            "collection.configName", configSet,
            "createNodeSet", node.nodeName()));
    awaitActive(collection);
  }

  private JsonNode status(SolrHttp node, String collection) throws Exception {
    return collections(node, "CLUSTERSTATUS", Map.of("collection", collection)).get("cluster");
  }

  /** All replicas of a collection, as a node sees them. */
  List<Replica> replicas(SolrHttp node, String collection) throws Exception {
    List<Replica> replicas = new ArrayList<>();
    JsonNode shards = status(node, collection).get("collections").get(collection).get("shards");
    for (Map.Entry<String, JsonNode> shard : shards.properties()) {
      for (JsonNode replica : shard.getValue().get("replicas")) {
        replicas.add(
            new Replica(
                shard.getKey(),
                replica.get("core").asText(),
                replica.get("node_name").asText(),
                replica.get("state").asText(),
                replica.path("leader").asBoolean()));
      }
    }
    return replicas;
  }

  /** The same of several collections. */
  List<Replica> replicas(SolrHttp node, List<String> collections) throws Exception {
    List<Replica> replicas = new ArrayList<>();
    for (String collection : collections) {
      replicas.addAll(replicas(node, collection));
    }
    return replicas;
  }

  /** Waits until both nodes are there and all replicas have recovered. */
  void awaitActive(String collection) throws Exception {
    Wait.until(
        SECONDS,
        () ->
            status(first, collection).get("live_nodes").size() == 2
                && replicas(first, collection).stream().allMatch(r -> r.state().equals("active")));
  }

  /** Waits until a node knows that the replicas on the other one do not answer. */
  void awaitLoss(SolrProcess survivor, String collection, SolrProcess lost) throws Exception {
    Wait.until(
        SECONDS,
        () ->
            replicas(survivor, collection).stream()
                .allMatch(r -> r.state().equals("down") == r.node().equals(lost.nodeName())));
  }

  /** Waits until all replicas of a collection on a node lead: it accepts documents then. */
  void awaitLeaders(SolrProcess node, String collection) throws Exception {
    Wait.until(
        SECONDS,
        () ->
            replicas(node, collection).stream()
                .filter(r -> r.node().equals(node.nodeName()))
                .allMatch(Replica::leader));
  }

  @Override
  public void close() throws Exception {
    first.close();
    second.close();
    zooKeeper.close();
  }
}
