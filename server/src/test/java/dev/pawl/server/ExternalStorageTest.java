package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.protocol.avro.AvroValue;
import dev.pawl.server.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Payloads that lie in a folder or in a bucket: kept as references, shown as values. */
class ExternalStorageTest {
  static Wire wire;
  static FakeS3 s3;
  static Path folder;

  @BeforeAll
  static void open(@TempDir Path temp) throws Exception {
    folder = temp.resolve("payloads");
    s3 = new FakeS3("AKTEST", "shh/+=");
    wire = new Wire("jdbc:sqlite:" + temp.resolve("pawl.db"), "--auth-token", "sesame", "--storage-folder",
        folder.toString(), "--s3-endpoint", s3.url(), "--s3-access-key", "AKTEST", "--s3-secret-key", "shh/+=");
    for (String name : List.of("local", "s3", "none", "off", "far", "outside", "wrong")) {
      wire.post("/namespaces", "name", name).is(201);
    }
    policy("local", "local", Json.of("uri", folder.resolve("shop").toUri().toString()));
    policy("s3", "s3", Json.of("bucket", "shop-payloads", "prefix", "/pawl v/".replace(" ", "_")));
    policy("far", "gcs", Json.of("bucket", "far-away"));
    policy("outside", "local", Json.of("uri", temp.resolve("elsewhere").toUri().toString()));
    policy("wrong", "s3", Json.of("bucket", "shop-payloads", "endpoint", "http://169.254.169.254"));
    wire.put("/namespaces/off/external-storage", "driver", "s3", "enabled", false, "config",
        Json.of("bucket", "shop-payloads")).is(200);
  }

  @AfterAll
  static void close() {
    wire.close();
    s3.close();
  }

  private static void policy(String namespace, String driver, Map<String, @Nullable Object> config) {
    Wire.Got got = wire.put("/namespaces/" + namespace + "/external-storage", "driver", driver, "threshold_bytes",
        65_536, "config", config).is(200);
    assertThat(got.at("external_payload_storage.driver")).isEqualTo(driver);
  }

  private static Wire.Got in(String namespace, String path, @Nullable Object... body) {
    return wire.send(wire.request(path).header("X-Namespace", namespace).header("Content-Type", "application/json")
        .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(Json.write(Json.of(body)))));
  }

  private static Wire.Got seen(String namespace, String path) {
    return wire.send(wire.request(path).header("X-Namespace", namespace).GET());
  }

  private static byte[] blob(Object value) {
    return Base64.getEncoder().encodeToString(AvroValue.write(value)).getBytes(StandardCharsets.US_ASCII);
  }

  private static Map<String, @Nullable Object> reference(String uri, byte[] bytes) throws Exception {
    return Json.of("schema", "durable-workflow.v2.external-payload-reference.v1", "uri", uri, "sha256",
        FakeS3.sha256(bytes), "size_bytes", (long) bytes.length, "codec", "avro");
  }

  private static Map<String, @Nullable Object> envelope(Map<String, @Nullable Object> reference) {
    return Json.of("codec", "avro", "external_storage", reference);
  }

  @Test
  void aNamespaceSaysWhereItsPayloadsLie() {
    Wire.Got got = seen("s3", "/namespaces/s3").is(200);
    assertThat(got.at("external_payload_storage")).isEqualTo(Json.of("driver", "s3", "enabled", true,
        "threshold_bytes", 65_536L, "config", Json.of("bucket", "shop-payloads", "prefix", "pawl_v")));
    assertThat(seen("none", "/namespaces/none").is(200).at("external_payload_storage")).isNull();
    wire.put("/namespaces/none/external-storage", "driver", "floppy").refused(422, "validation_failed");
    wire.put("/namespaces/none/external-storage", "driver", "s3", "threshold_bytes", 0)
        .refused(422, "validation_failed");
    wire.put("/namespaces/none/external-storage", "driver", "s3", "config", Json.of("prefix", "a/../b"))
        .refused(422, "validation_failed");
    wire.put("/namespaces/nowhere/external-storage", "driver", "s3").refused(404, "namespace_not_found");
  }

  @Test
  void theStorageCanBeTriedOut() {
    for (String namespace : List.of("local", "s3")) {
      Wire.Got got = in(namespace, "/storage/test", "small_payload_bytes", 10, "large_payload_bytes", 3_000_000).is(200);
      assertThat(got.at("status")).isEqualTo("passed");
      assertThat(got.at("large_payload.bytes")).isEqualTo(3_000_000L);
      assertThat(got.text("small_payload.reference_uri")).startsWith(namespace.equals("s3")
          ? "s3://shop-payloads/pawl_v/test/"
          : folder.resolve("shop").toUri().toString());
    }
    assertThat(s3.seen).anyMatch(it -> it.startsWith("PUT /shop-payloads/pawl_v/test/"));
    assertThat(s3.objects.keySet()).as("what was tried out is gone").noneMatch(it -> it.contains("/test/"));
    in("none", "/storage/test").refused(422, "external_storage_not_configured");
    in("off", "/storage/test").refused(422, "external_storage_disabled");
    in("far", "/storage/test").refused(422, "storage_driver_unavailable");
    in("outside", "/storage/test").refused(422, "storage_driver_unavailable");
    in("wrong", "/storage/test").refused(422, "storage_driver_unavailable");
    in("s3", "/storage/test", "driver", "local").refused(422, "storage_driver_unavailable");
  }

  @Test
  void aReferenceGoesThroughARunAndIsShownAsAValue() throws Exception {
    byte[] input = blob(List.of(Map.of("pages", 1_000L)));
    Path file = folder.resolve("shop/avro/ab/input");
    Files.createDirectories(file.getParent());
    Files.write(file, input);
    run("local", reference(file.toUri().toString(), input));

    String key = "/shop-payloads/pawl_v/avro/ab/input";
    s3.objects.put(key, input);
    run("s3", reference("s3:/" + key, input));
  }

  private static void run(String namespace, Map<String, @Nullable Object> reference) {
    in(namespace, "/worker/register", "worker_id", "ann", "task_queue", "q", "runtime", "python").is(201);
    in(namespace, "/workflows", "workflow_type", "scan", "workflow_id", "w", "task_queue", "q", "input",
        envelope(reference)).is(201);
    Map<String, @Nullable Object> task = Json.object(in(namespace, "/worker/workflow-tasks/poll", "worker_id", "ann",
        "task_queue", "q", "timeout_seconds", 0).is(200).at("task"));
    assertThat(task.get("arguments")).as("a worker fetches it itself").isEqualTo(envelope(reference));
    in(namespace, "/worker/workflow-tasks/" + task.get("task_id") + "/complete", "lease_owner", "ann",
        "workflow_task_attempt", task.get("workflow_task_attempt"), "commands", List.of(
            Json.of("type", "complete_workflow", "result", envelope(reference)))).is(200);
    Wire.Got got = seen(namespace, "/workflows/w").is(200);
    assertThat(got.at("input")).isEqualTo(List.of(Map.of("pages", 1_000L)));
    assertThat(got.at("output")).isEqualTo(List.of(Map.of("pages", 1_000L)));
    assertThat(got.at("output_envelope")).isEqualTo(envelope(reference));
  }

  @Test
  void whatIsNotWhatWasStoredIsNotShown() throws Exception {
    String key = "/shop-payloads/pawl_v/avro/forged";
    s3.objects.put(key, blob("forged"));
    in("s3", "/workflows", "workflow_type", "t", "workflow_id", "forged", "input",
        envelope(reference("s3:/" + key, blob("stored")))).is(201);
    in("s3", "/workflows", "workflow_type", "t", "workflow_id", "gone", "input",
        envelope(reference("s3:/" + key + "/gone", blob("stored")))).is(201);
    assertThat(seen("s3", "/workflows/forged").is(200).at("input")).isNull();
    assertThat(seen("s3", "/workflows/gone").is(200).at("input")).isNull();
  }

  @Test
  void referencesThatLeadElsewhereAreRefused() throws Exception {
    byte[] bytes = blob("x");
    refused("none", "s3://shop-payloads/pawl_v/x", bytes, "input.external_storage");
    refused("off", "s3://shop-payloads/pawl_v/x", bytes, "input.external_storage");
    refused("s3", "s3://other/pawl_v/x", bytes, "input.external_storage.uri");
    refused("s3", "s3://shop-payloads/other/x", bytes, "input.external_storage.uri");
    refused("s3", "s3://shop-payloads/pawl_v/../x", bytes, "input.external_storage.uri");
    refused("s3", "s3://key:secret@shop-payloads/pawl_v/x", bytes, "input.external_storage.uri");
    refused("s3", "file:///etc/passwd", bytes, "input.external_storage.uri");
    refused("local", "file:///etc/passwd", bytes, "input.external_storage.uri");
    refused("local", folder.toUri() + "shop/../../x", bytes, "input.external_storage.uri");
    refused("far", "gs://near/x", bytes, "input.external_storage.uri");
    Map<String, @Nullable Object> short1 = reference("s3://shop-payloads/pawl_v/x", bytes);
    short1.put("sha256", "abc");
    assertThat(errors("s3", short1)).containsKey("input.external_storage.sha256");
    // A server that cannot look there lets clients have their way.
    in("far", "/workflows", "workflow_type", "t", "workflow_id", "far", "input",
        envelope(reference("gs://far-away/x", bytes))).is(201);
    assertThat(seen("far", "/workflows/far").is(200).at("input")).isNull();
  }

  private static void refused(String namespace, String uri, byte[] bytes, String field) throws Exception {
    assertThat(errors(namespace, reference(uri, bytes))).as(uri).containsOnlyKeys(field);
  }

  private static Map<String, @Nullable Object> errors(String namespace, Map<String, @Nullable Object> reference) {
    return Json.object(in(namespace, "/workflows", "workflow_type", "t", "input", envelope(reference))
        .refused(422, "validation_failed").at("errors"));
  }

  @Test
  void aLookAlikeInsideOfAValueIsAValue() {
    Map<String, @Nullable Object> odd = Json.of("codec", "avro", "external_storage", "my own affair");
    in("none", "/workflows", "workflow_type", "t", "workflow_id", "odd", "input", List.of(odd)).is(201);
    assertThat(seen("none", "/workflows/odd").is(200).at("input")).isEqualTo(List.of(odd));
  }
}
