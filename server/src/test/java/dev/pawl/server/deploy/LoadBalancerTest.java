package dev.pawl.server.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pawl.server.PawlServer;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.server.json.Json;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The load balancer of the recipes, as a real nginx before two nodes on one PostgreSQL. */
@Tag("long")
@Timeout(120)
class LoadBalancerTest {
  @TempDir Path folder;

  private static @Nullable Path nginx() {
    Path root = Recipes.file("..").normalize();
    return Stream.of(root.resolve(".pawl/nginx/usr/sbin/nginx"), Path.of("/usr/sbin/nginx"), Path.of("/usr/bin/nginx"),
            Path.of("/usr/local/bin/nginx"), Path.of("/opt/homebrew/bin/nginx"))
        .filter(Files::isExecutable).findFirst().orElse(null);
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  private Process nginx(Path program, int port, int... nodes) throws Exception {
    String conf = Recipes.text("nginx.conf").replace("listen 8080", "listen 127.0.0.1:" + port);
    for (int i = 0; i < nodes.length; i++) {
      String known = "server pawl-%d:8080".formatted(i + 1);
      assertThat(conf).contains(known);
      conf = conf.replace(known, "server 127.0.0.1:" + nodes[i]);
    }
    for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
      conf = conf.replace("http {", "http {\n  %s_temp_path %s;".formatted(kind, folder.resolve(kind)));
    }
    Path file = Files.writeString(folder.resolve("nginx.conf"), conf);
    Process check = process(program, file, "-t");
    assertThat(check.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(check.exitValue()).as(Files.readString(folder.resolve("nginx.log"))).isZero();
    return process(program, file, "-g", "daemon off;");
  }

  private Process process(Path program, Path conf, String... more) throws IOException {
    List<String> command = new java.util.ArrayList<>(
        List.of(program.toString(), "-p", folder.toString(), "-e", "stderr", "-c", conf.toString()));
    command.addAll(List.of(more));
    return new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("nginx.log").toFile())).start();
  }

  @Test
  void aNodeMayGoAndNobodyNotices() throws Exception {
    Path program = nginx();
    assumeTrue(program != null, "no nginx on this machine: its configuration is not checked here");
    Database database = Databases.postgres().fresh();
    PawlServer one = node(database, "node-1");
    PawlServer two = node(database, "node-2");
    int port = freePort();
    Process balancer = nginx(program, port, one.port(), two.port());
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      URI api = URI.create("http://127.0.0.1:" + port + "/api/");
      await(http, api);
      Set<String> answered = new TreeSet<>();
      for (int i = 0; i < 40; i++) {
        start(http, api, "before-" + i);
        // Asked twice: who is asked every second time is always the same.
        answered.add(Json.string(get(http, api, "cluster/info"), "server_id", ""));
        answered.add(Json.string(get(http, api, "cluster/info"), "server_id", ""));
      }
      assertThat(answered).containsExactly("node-1", "node-2");
      one.close();
      for (int i = 0; i < 40; i++) start(http, api, "after-" + i);
      for (String id : List.of("before-0", "before-39", "after-0", "after-39")) {
        assertThat(get(http, api, "workflows/" + id)).containsEntry("workflow_id", id);
      }
      assertThat(two.engine().verify()).isEmpty();
    } finally {
      balancer.destroy();
      balancer.waitFor(60, TimeUnit.SECONDS);
      balancer.destroyForcibly();
      one.close();
      two.close();
    }
  }

  private static PawlServer node(Database database, String id) {
    return PawlServer.open(ServerConfig.of(List.of("--database", database.jdbcUrl(), "--database-user", database.user(),
        "--database-password", database.password(), "--port", "0", "--host", "127.0.0.1", "--auth-token", "sesame",
        "--server-id", id), Map.of()), said -> {});
  }

  private static HttpRequest.Builder request(URI api, String path) {
    return HttpRequest.newBuilder(api.resolve(path)).timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer sesame").header("X-Durable-Workflow-Control-Plane-Version", "2")
        .header("Content-Type", "application/json");
  }

  /** Asked until it is answered, as clients do: the id makes the second time harmless. */
  private static void start(HttpClient http, URI api, String id) throws Exception {
    byte[] body = Json.text(Json.of("workflow_type", "order", "workflow_id", id, "task_queue", "q",
        "duplicate_policy", "use-existing")).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    int status = 0;
    String said = "";
    for (long until = System.nanoTime() + Duration.ofSeconds(60).toNanos(); System.nanoTime() < until; ) {
      HttpResponse<String> got = http.send(
          request(api, "workflows").POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
          HttpResponse.BodyHandlers.ofString());
      status = got.statusCode();
      said = got.body();
      if (status / 100 == 2) return;
    }
    throw new AssertionError("a start was answered with %d for a minute: %s".formatted(status, said));
  }

  private static Map<String, @Nullable Object> get(HttpClient http, URI api, String path) throws Exception {
    HttpResponse<byte[]> got = http.send(request(api, path).GET().build(), HttpResponse.BodyHandlers.ofByteArray());
    assertThat(got.statusCode()).as(path).isEqualTo(200);
    return Json.object(Json.read(got.body()));
  }

  private static void await(HttpClient http, URI api) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (System.nanoTime() < deadline) {
      try {
        if (http.send(request(api, "ready").GET().build(), HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException notYet) {
        Thread.onSpinWait();
      }
    }
    throw new AssertionError("the balancer did not answer within a minute");
  }
}
