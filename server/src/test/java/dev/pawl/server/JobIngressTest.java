package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobState;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.server.json.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs as callers hand them in over HTTP, in both forms. Tests that show a property of the contract name its id. */
class JobIngressTest {
  private static Wire wire;
  private static JobClient client;
  private static JobClient worker;

  @BeforeAll
  static void open(@TempDir Path folder) {
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), "--operator-token", "operate", "--worker-token", "work",
        "--admin-token", "administer", "--max-body-bytes", "3000000");
    client = new JobClient(wire, "operate");
    worker = new JobClient(wire, "work");
    wire.server.engine().putNamespace(new Store.Namespace("retail-eu", "", Duration.ofDays(1)));
  }

  @AfterAll
  static void close() {
    client.close();
    worker.close();
    wire.close();
  }

  private static long stored(String type) {
    return wire.server.engine().jobs().counts("default").stream().filter(count -> count.type().equals(type))
        .mapToLong(count -> count.jobs()).sum();
  }

  private static JobState job(String id) {
    return wire.server.engine().jobs().get("default", JobId.parse(id)).orElseThrow();
  }

  /** Does a job at once, as a worker in this process would. */
  private static void succeed(String type, String result) {
    SessionId session = SessionId.random();
    var engine = wire.server.engine();
    engine.worker().open(new WorkerApi.OpenSession(session, "w", 10, null));
    for (JobGrant grant : engine.jobWork().poll(
        new JobWorkApi.Poll(session, "default", List.of(type), 10, Duration.ZERO))) {
      engine.jobWork().report(List.of(JobWorkApi.Report.of(grant, session, new JobOutcome.Ok(Payload.json(result)),
          List.of()))).getFirst().get();
    }
    engine.worker().close(session);
  }

  // ---- handing in

  @Test
  void anEnvelopeIsAJob() {
    JobClient.Got got = client.submit(JobClient.task("in.json", "envelope-1", "{\"sku\":991}",
        ",\"priority\":7,\"correlation_id\":\"c-1\",\"retry\":{\"profile\":\"fast\"}",
        ",\"lease\":{\"execution_timeout_ms\":5000},\"ext\":{\"com.shop\":{\"n\":1.10}}")).is(201);
    assertThat(got.json()).containsEntry("phase", "READY").containsEntry("replayed", false);
    JobClient.Got shown = client.get("/jobs/" + got.string("task_id")).is(200);
    assertThat(shown.at("task.priority")).isEqualTo(7L);
    assertThat(shown.at("task.retry")).isEqualTo(Map.of("profile", "fast", "max_attempts", 5L));
    assertThat(shown.at("task.correlation_id")).isEqualTo("c-1");
    assertThat(shown.text()).contains("{\"com.shop\":{\"n\":1.10}}");
    assertThat(shown.at("running")).isEqualTo(false);
    assertThat(job(got.string("task_id")).spec().priority()).isEqualTo(2);
  }

  @Test
  void anXmlTaskIsAJobAndItsClientGetsXmlBack() {
    String document = JobClient.xml("in.xml", "document-1", "{\"sku\":991}");
    JobClient.Got got = client.post("/jobs", "application/xml", document).is(201);
    assertThat(got.raw().headers().firstValue("content-type")).contains("application/xml");
    assertThat(got.text()).contains("<accepted xmlns=\"urn:uwer:reply:4.2\"><taskId>")
        .contains("<replayed>false</replayed><phase>READY</phase>");
    String id = got.text().replaceAll("(?s).*<taskId>(.*)</taskId>.*", "$1");
    assertThat(wire.server.engine().jobs().original("default", JobId.parse(id)).orElseThrow().text())
        .isEqualTo(document);
    assertThat(client.post("/jobs", "text/xml; charset=utf-8", document).is(200).text()).contains(id)
        .contains("<replayed>true</replayed>");
    succeed("in.xml", "{\"left\":3}");
    assertThat(client.post("/jobs", "text/xml", document).is(200).text()).contains("<phase>SUCCEEDED</phase>")
        .contains("<result contentType=\"application/json\"><text>{\"left\":3}</text></result>");
  }

  /** K1: without a key nothing is stored, in no form. */
  @Test
  void k1_withoutAKeyNothingIsStored() {
    String task = JobClient.task("in.keyless", "x", "1");
    for (String key : List.of("\"\"", "\"  \"", "null")) {
      client.submit(task.replace("\"x\"", key)).refused(4001);
    }
    JobClient.Got no = client.submit(task.replace("\"idempotency_key\":\"x\",", "")).refused(4001);
    assertThat(no.at("body.pointer")).isEqualTo("/body/idempotency_key");
    assertThat(no.at("body.retryable")).isEqualTo(false);
    String xml = JobClient.xml("in.keyless", "x", "1");
    client.post("/jobs", "application/xml", xml.replaceAll("<idempotencyKey>.*</idempotencyKey>", ""))
        .refusedInXml(4001);
    client.post("/jobs", "application/xml", xml.replace(">x<", ">  <")).refusedInXml(4001);
    assertThat(stored("in.keyless")).isZero();
  }

  /** K2: a hundred callers with one key get one job. */
  @Test
  void k2_oneHundredCallersGetOneJob() throws Exception {
    String task = JobClient.task("in.crowd", "crowd-key-1", "{\"a\":1}");
    Set<String> ids = new HashSet<>();
    int fresh = 0;
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<JobClient.Got>> calls = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        boolean xml = i % 2 == 1;
        calls.add(() -> xml
            ? client.send(client.request("/jobs").header("Content-Type", "application/xml")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JobClient.xml("in.crowd", "crowd-key-1", "{\"a\":1}"))))
            : client.submit(task));
      }
      for (var one : callers.invokeAll(calls)) {
        JobClient.Got got = one.get();
        assertThat(got.status()).as(got.text()).isIn(200, 201);
        ids.add(got.string("task_id"));
        if (got.status() == 201) fresh++;
      }
    }
    assertThat(ids).hasSize(1);
    assertThat(fresh).isEqualTo(1);
    assertThat(stored("in.crowd")).isEqualTo(1);
  }

  /** K3: another content under the same key is a conflict, and the job stays what it was. */
  @Test
  void k3_anotherContentUnderTheSameKey() {
    client.submit("in.conflict", "conflict-1", "{\"a\":1}");
    JobClient.Got no = client.submit(JobClient.task("in.conflict", "conflict-1", "{\"a\":2}")).refused(4091);
    assertThat(no.string("body.detail")).contains("conflict-1");
    client.post("/jobs", "application/xml", JobClient.xml("in.conflict", "conflict-1", "{\"a\":3}")).refusedInXml(4091);
    assertThat(stored("in.conflict")).isEqualTo(1);
  }

  /** K4: the XML and the JSON form of one task are one task, and have one digest. */
  @Test
  void k4_bothFormsAreOneTask() {
    String id = client.submit("in.both", "both-forms-1", "{\"sku\":991,\"n\":1.50}");
    JobClient.Got xml = client.post("/jobs", "application/xml",
        JobClient.xml("in.both", "both-forms-1", "{ \"n\": 1.5, \"sku\": 991.0 }")).is(200);
    assertThat(xml.text()).contains("<taskId>" + id + "</taskId><replayed>true</replayed>");
    String later = client.post("/jobs", "application/xml", JobClient.xml("in.both", "both-forms-2", "[1,2]")).is(201)
        .text().replaceAll("(?s).*<taskId>(.*)</taskId>.*", "$1");
    String digest = client.get("/jobs/" + later).string("digest");
    assertThat(client.submit(JobClient.task("in.both", "both-forms-2", "[1,2]").replace("\"content_type\"",
        "\"digest\":\"" + digest + "\",\"content_type\"")).is(200).string("task_id")).isEqualTo(later);
  }

  /** K5: after its end the same submission gets the same job, with the result. */
  @Test
  void k5_afterItsEndItComesWithTheResult() {
    String task = JobClient.task("in.done", "done-key-1", "1");
    String id = client.submit(task).is(201).string("task_id");
    succeed("in.done", "{\"paid\":1.10}");
    JobClient.Got again = client.submit(task).is(200);
    assertThat(again.json()).containsEntry("task_id", id).containsEntry("replayed", true)
        .containsEntry("phase", "SUCCEEDED");
    assertThat(again.text()).contains("\"result\":{\"content_type\":\"application/json\",\"data\":{\"paid\":1.10}}");
  }

  // ---- what is refused

  /** X1: what breaks the schema is refused with the place. */
  @Test
  void x1_schemaViolationsSayWhere() {
    String good = JobClient.task("in.schema", "schema-key-1", "1");
    assertThat(client.submit(good.replace("\"type\":\"in.schema\"", "\"type\":\"In Schema\"")).refused(4002)
        .at("body.pointer")).isEqualTo("/body/type");
    assertThat(client.submit(good.replace("}}", "},\"what\":1}")).refused(4002).at("body.pointer"))
        .isEqualTo("/body/what");
    client.json("/jobs", "{").refused(4002);
    assertThat(client.json("/jobs", JobClient.envelope("node.heartbeat",
        "{\"node_id\":\"n\",\"session_id\":\"0199a0c0-0000-7000-8000-000000000001\",\"seq\":1,\"state\":\"IDLE\","
            + "\"capacity\":1,\"leases\":[]}")).refused(4002).at("body.pointer")).isEqualTo("/kind");
    client.post("/jobs", "application/xml", JobClient.xml("in.schema", "schema-key-1", "1")
        .replace("<payload", "<surprise/><payload")).refusedInXml(4002);
    assertThat(client.post("/jobs", "application/xml", JobClient.xml("in.schema", "schema-key-1", "{")).text())
        .contains("<pointer>");
    assertThat(stored("in.schema")).isZero();
  }

  /** X2: documents that could hurt are refused before anything of them is used. */
  @Test
  void x2_unsafeDocuments() {
    String xml = JobClient.xml("in.unsafe", "unsafe-key-1", "1");
    client.post("/jobs", "application/xml", "<!DOCTYPE task [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"
        + xml.replace(">1<", ">&a;<")).refusedInXml(4003);
    client.post("/jobs", "application/xml", xml.replace(">1<", ">" + "<a>".repeat(100) + "</a>".repeat(100) + "<"))
        .refusedInXml(4003);
    client.post("/jobs", "application/xml", "<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + xml).refusedInXml(4003);
    client.submit(JobClient.task("in.unsafe", "unsafe-key-1", "[".repeat(100) + "]".repeat(100))).refused(4003);
    client.submit(JobClient.task("in.unsafe", "unsafe-key-1", "\"\\ud800\"")).refused(4003);
    assertThat(stored("in.unsafe")).isZero();
  }

  @Test
  void versionsAndMediaTypesThatAreNotSpoken() {
    String good = JobClient.envelope("task.submit", JobClient.task("in.version", "version-1", "1"));
    client.json("/jobs", good.replace("\"5.0\"", "\"6.0\"")).refused(4004);
    client.post("/jobs", "text/plain", good).refused(4004);
    client.post("/jobs", "application/xml", JobClient.xml("in.version", "version-1", "1")
        .replace("\"4.2\"", "\"3.0\"")).refusedInXml(4004);
    client.json("/jobs", good.replace("\"5.0\"", "\"5.7\"")).is(201);
  }

  @Test
  void whatIsTooLarge() {
    String big = "\"" + "x".repeat(2_200_000) + "\"";
    client.submit(JobClient.task("in.large", "large-key-1", big)).refused(4005);
    client.submit(JobClient.task("in.large", "large-key-1", "\"" + "x".repeat(3_100_000) + "\"")).refused(4005);
    client.post("/jobs", "application/xml", JobClient.xml("in.large", "large-key-1", big)).refusedInXml(4005);
    assertThat(stored("in.large")).isZero();
  }

  @Test
  void aStatedDigestMustBeItsOwn() {
    String task = JobClient.task("in.digest", "digest-key-1", "1").replace("\"content_type\"",
        "\"digest\":\"sha-256:" + "0".repeat(64) + "\",\"content_type\"");
    assertThat(client.submit(task).refused(4006).at("body.pointer")).isEqualTo("/body/payload/digest");
  }

  @Test
  void timingThatCannotBe() {
    assertThat(client.submit(JobClient.task("in.timing", "timing-key-1", "1",
        ",\"deadline\":\"2020-01-01T00:00:00Z\"")).refused(4008).at("body.pointer")).isEqualTo("/body/deadline");
    client.submit(JobClient.task("in.timing", "timing-key-1", "1",
        ",\"not_before\":\"2199-01-02T00:00:00Z\",\"deadline\":\"2199-01-01T00:00:00Z\"")).refused(4008);
    assertThat(stored("in.timing")).isZero();
  }

  @Test
  void whoMayNot() {
    String good = JobClient.envelope("task.submit", JobClient.task("in.roles", "roles-key-1", "1"));
    client.send(HttpRequest.newBuilder(URI.create(wire.url() + "/api/jobs")).header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(good))).refused(4010);
    worker.json("/jobs", good).refused(4030);
    worker.post("/jobs", "application/xml", JobClient.xml("in.roles", "roles-key-1", "1")).refusedInXml(4030);
    assertThat(stored("in.roles")).isZero();
  }

  @Test
  void theFormOfARefusalIsTheCallersOrWhatItAsksFor() {
    JobClient.Got json = client.send(client.request("/jobs").header("Content-Type", "application/xml")
        .header("Accept", "application/json").POST(HttpRequest.BodyPublishers.ofString("<task/>")));
    json.refused(4002);
    client.send(client.request("/jobs/0199a0c0-0000-7000-8000-000000000001").header("Accept", "text/html, text/xml")
        .GET()).refusedInXml(4040);
  }

  // ---- tenants

  @Test
  void anEnvelopeThatTheHeaderContradictsIsRefused() {
    String good = JobClient.envelope("task.submit", JobClient.task("in.tenant", "tenant-key-1", "1"));
    JobClient.Got no = client.send(client.request("/jobs").header("X-Namespace", "retail-eu")
        .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(good))).refused(4002);
    assertThat(no.at("body.pointer")).isEqualTo("/body/namespace");
    client.submit(JobClient.task("in.tenant", "tenant-key-1", "1").replace("\"default\"", "\"nowhere\""))
        .refused(4002);
    assertThat(stored("in.tenant")).isZero();
    String id = client.send(client.request("/jobs").header("X-Namespace", "retail-eu")
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(good.replace("\"default\"", "\"retail-eu\"")))).is(201)
        .string("task_id");
    client.get("/jobs/" + id).refused(4040);
    client.json("/jobs/" + id + "/cancel", "").refused(4040);
    assertThat(client.get("/jobs/" + id + "?namespace=retail-eu").is(200).at("namespace")).isEqualTo("retail-eu");
  }

  // ---- many

  /** X6: one bad line of a thousand harms no other. */
  @Test
  void x6_oneBadLineHarmsNoOther() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      String key = i == 500 ? "" : "bulk-key-" + i;
      lines.append(JobClient.envelope("task.submit", JobClient.task("in.bulk", key, "" + i)).replace("\n", ""))
          .append('\n');
    }
    lines.append("\n{\"broken\"\n");
    lines.append(JobClient.envelope("task.submit", JobClient.task("in.bulk", "bulk-key-1", "1")).replace("\n", ""));
    JobClient.Got got = client.post("/jobs/bulk", "application/x-ndjson", lines.toString()).is(200);
    assertThat(got.raw().headers().firstValue("content-type")).contains("application/x-ndjson");
    List<Map<String, Object>> answers = got.text().lines().map(line -> {
      try {
        return Json.object(Json.read(line));
      } catch (Json.Malformed e) {
        throw new AssertionError(line, e);
      }
    }).toList();
    assertThat(answers).hasSize(1_002);
    assertThat(answers.get(500)).containsEntry("line", 501L).containsEntry("status", 400L);
    assertThat(Json.object(answers.get(500).get("error"))).containsEntry("code", "UWER-4001");
    assertThat(answers.get(1_000)).containsEntry("line", 1_002L).containsEntry("status", 422L);
    assertThat(answers.get(1_001)).containsEntry("line", 1_003L).containsEntry("status", 200L)
        .containsEntry("task_id", answers.get(1).get("task_id"));
    assertThat(answers.stream().filter(one -> Long.valueOf(201).equals(one.get("status")))).hasSize(999);
    assertThat(stored("in.bulk")).isEqualTo(999);
  }

  // ---- looking

  @Test
  void listsPageFromTheNewest() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 7; i++) ids.add(client.submit("in.list", "list-key-" + i, "" + i));
    succeed("in.list", "1");
    for (int i = 7; i < 10; i++) ids.add(client.submit("in.list", "list-key-" + i, "" + i));
    assertThat(pages("/jobs?type=in.list&limit=4")).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(pages("/jobs?type=in.list&limit=2&phase=succeeded"))
        .containsExactlyInAnyOrderElementsOf(ids.subList(0, 7));
    assertThat(pages("/jobs?type=in.list&limit=2&phase=READY")).containsExactlyInAnyOrderElementsOf(ids.subList(7, 10));
    assertThat(pages("/jobs?type=in.list&phase=FAILED")).isEmpty();
    assertThat(pages("/jobs?type=in.list&idempotency_key=list-key-3")).containsExactly(ids.get(3));
    client.get("/jobs?limit=0").refused(4002);
    client.get("/jobs?phase=RUNNING").refused(4002);
    client.get("/jobs?after=x").refused(4002);
  }

  private static List<String> pages(String path) {
    List<String> ids = new ArrayList<>();
    String after = "";
    while (true) {
      JobClient.Got page = client.get(path + after).is(200);
      for (Object one : Json.list(page.at("tasks"))) ids.add((String) Json.object(one).get("task_id"));
      if (page.at("next") == null) return ids;
      after = "&after=" + page.at("next");
    }
  }

  @Test
  void theLedgerTellsWhatHappened() {
    String id = client.submit("in.ledger", "ledger-key-1", "1");
    assertThat(client.json("/jobs/" + id + "/cancel", "").is(200).at("phase")).isEqualTo("CANCELLED");
    JobClient.Got ledger = client.get("/jobs/" + id + "/ledger").is(200);
    assertThat(Json.list(ledger.at("lines")).stream().map(line -> Json.object(line).get("event")))
        .containsExactly("SUBMIT", "CANCEL");
    assertThat(ledger.string("lines.0.actor")).startsWith("ingress:http:operator-");
    client.get("/jobs/nonsense/ledger").refused(4040);
  }

  @Test
  void aTypeCanRest() {
    client.submit("in.rest", "rest-key-1", "1");
    client.json("/jobs/types/in.rest/pause", "reason", "billing is down").is(200);
    JobClient.Got types = client.get("/jobs/types").is(200);
    assertThat(types.text()).contains("\"type\":\"in.rest\",\"phase\":\"READY\",\"running\":false,\"tasks\":1")
        .contains("billing is down");
    client.json("/jobs/types/in.rest/pause", "{}").refused(4002);
    assertThat(client.json("/jobs/types/in.rest/resume", "").is(200).at("was_paused")).isEqualTo(true);
    client.json("/jobs/pause", "{}").refused(4002);
    assertThat(client.json("/jobs/pause", "reason", "the shop moves").is(200).at("type")).isEqualTo("*");
    assertThat(client.get("/jobs/types").text()).contains("\"type\":\"*\"", "the shop moves");
    assertThat(client.json("/jobs/resume", "").is(200).at("was_paused")).isEqualTo(true);
  }

  @Test
  void theSchemasHaveAnAddressOfTheirOwn() {
    for (String path : List.of("/schemas/uwer/envelope-5.0.json", "/schemas/uwer/task-4.2.xsd")) {
      JobClient.Got got = client.send(HttpRequest.newBuilder(URI.create(wire.url() + "/api" + path)).GET()).is(200);
      assertThat(got.text()).contains("uwer");
    }
    assertThat(client.get("/schemas/uwer/envelope-5.0.json").at("$id")).isEqualTo("urn:uwer:envelope:5.0");
  }
}
