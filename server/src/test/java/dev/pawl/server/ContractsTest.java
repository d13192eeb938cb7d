package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobState;
import dev.pawl.core.value.RejectedException;
import dev.pawl.server.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is agreed about payloads, and what happens to those that break it. */
class ContractsTest {
  private static final String STOCK = """
      {"type":"object","required":["sku"],"additionalProperties":false,
      "properties":{"sku":{"type":"integer","minimum":1},"at":{"type":"string","format":"date-time"}}}""";
  private static final String ORDER = """
      <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:shop" elementFormDefault="qualified">
      <xs:element name="order"><xs:complexType><xs:sequence><xs:element name="sku" type="xs:int"/></xs:sequence>
      </xs:complexType></xs:element></xs:schema>""";

  private static Path folder;
  private static Wire wire;
  private static JobClient admin;

  @BeforeAll
  static void open(@TempDir Path fresh) throws Exception {
    folder = fresh;
    Files.createDirectories(folder.resolve("contracts/default"));
    Files.writeString(folder.resolve("contracts/default/filed.type.json"), STOCK);
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), "--auth-token", "sesame", "--contracts",
        folder.resolve("contracts").toString());
    admin = new JobClient(wire, "sesame");
  }

  @AfterAll
  static void close() {
    admin.close();
    wire.close();
  }

  private static JobClient.Got register(String type, String schema) {
    return admin.post("/jobs/types/" + type + "/contracts", schema.startsWith("<")
        ? "application/xml" : "application/schema+json", schema);
  }

  private static JobState job(String id) {
    return wire.server.engine().jobs().get("default", JobId.parse(id)).orElseThrow();
  }

  @Test
  void versionsAreRegisteredAndNeverChange() {
    JobClient.Got first = register("c.versions", STOCK).is(201);
    assertThat(first.json()).containsEntry("version", 1L).containsEntry("kind", "json")
        .containsEntry("uri", "urn:pawl:contract:default:c.versions:1");
    assertThat(register("c.versions", STOCK).is(200).at("version")).isEqualTo(1L);
    assertThat(register("c.versions", STOCK.replace("1}", "2}")).is(201).at("version")).isEqualTo(2L);
    assertThat(Json.list(admin.get("/jobs/types/c.versions/contracts").at("contracts"))).hasSize(2);
    JobClient.Got text = admin.get("/jobs/types/c.versions/contracts/1").is(200);
    assertThat(text.text()).isEqualTo(STOCK);
    assertThat(text.raw().headers().firstValue("content-type")).contains("application/schema+json");
    admin.get("/jobs/types/c.versions/contracts/3").refused(4040);
    admin.post("/jobs/types/c.other/contracts?uri=urn:pawl:contract:default:c.versions:1",
        "application/schema+json", STOCK).refused(4002);
  }

  @Test
  void whatIsNoSchemaIsRefused() {
    register("c.broken", "{\"type\":\"objekt\"}").refused(4002);
    register("c.broken", "{").refused(4002);
    register("c.broken", "{\"$ref\":\"https://example.com/schema.json\"}").refused(4002);
    register("c.broken", "{\"$ref\":\"file:///etc/passwd\"}").refused(4002);
    register("c.broken", "{\"$ref\":\"classpath:logback.xml\"}").refused(4002);
    register("c.broken", "{\"properties\":{\"a\":{\"items\":{\"$ref\":\"https://example.com/schema.json\"}}}}").refused(4002);
    register("c.broken", "{\"properties\":{\"a\":{\"$ref\":\"#/$defs/nothing\"}}}").refused(4002);
    register("c.broken", "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"><xs:what/></xs:schema>")
        .refusedInXml(4002);
    register("c.broken", ORDER.replace("<xs:element name=\"order\">",
        "<xs:include schemaLocation=\"file:///etc/passwd\"/><xs:element name=\"order\">")).refusedInXml(4002);
    register("c.broken", "<!DOCTYPE a [<!ENTITY b \"c\">]>" + ORDER).refusedInXml(4003);
    register("c.broken", "{\"description\":\"" + "x".repeat(300_000) + "\"}").refused(4005);
    register("Not-A-Type", STOCK).refused(4002);
    assertThat(Json.list(admin.get("/jobs/types/c.broken/contracts").at("contracts"))).isEmpty();
  }

  /** A schema that never comes to an end is refused with the place; one that goes deeper with the payload is none. */
  @Test
  void aSchemaMayNotGoRoundInCircles() {
    register("c.round", "{\"$ref\":\"#\"}").refused(4002);
    register("c.round", "{\"allOf\":[{\"type\":\"object\"},{\"anyOf\":[{\"$ref\":\"#/allOf/1\"}]}]}").refused(4002);
    JobClient.Got no = register("c.round", "{\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b~1c\"},\"b/c\":{\"not\":{\"$ref\":\"#/$defs/a\"}}},"
        + "\"properties\":{\"x\":{\"$ref\":\"#/$defs/a\"}}}").refused(4002);
    assertThat(no.string("body.pointer")).startsWith("/$defs/");
    register("c.round", "{\"$anchor\":\"top\",\"$ref\":\"#top\"}").is(201); // not seen before there is a payload
    admin.submit(JobClient.task("c.round", "contract-key-1", "1")).refused(4002);
    register("c.tree", "{\"$defs\":{\"node\":{\"type\":\"object\",\"properties\":{\"left\":{\"$ref\":\"#/$defs/node\"},"
        + "\"right\":{\"$ref\":\"#/$defs/node\"}},\"additionalProperties\":false}},\"$ref\":\"#/$defs/node\"}").is(201);
    admin.submit("c.tree", "contract-key-1", "{\"left\":{\"right\":{\"left\":{}}},\"right\":{}}");
    assertThat(admin.submit(JobClient.task("c.tree", "contract-key-2", "{\"left\":{\"right\":{\"up\":{}}}}"))
        .refused(4002).string("body.pointer")).startsWith("/body/payload/data/left/right");
  }

  /** X1: a payload that breaks its contract is refused with the place, in both forms. */
  @Test
  void x1_aPayloadIsHeldAgainstItsContract() {
    register("c.json", STOCK).is(201);
    String id = admin.submit("c.json", "contract-key-1", "{\"sku\":991}");
    assertThat(job(id).spec().schema()).isEqualTo("urn:pawl:contract:default:c.json:1");
    JobClient.Got no = admin.submit(JobClient.task("c.json", "contract-key-2", "{\"sku\":0}")).refused(4002);
    assertThat(no.at("body.pointer")).isEqualTo("/body/payload/data/sku");
    assertThat(no.string("body.detail")).contains("urn:pawl:contract:default:c.json:1");
    admin.submit(JobClient.task("c.json", "contract-key-2", "{\"sku\":1,\"at\":\"noon\"}")).refused(4002);
    admin.post("/jobs", "application/xml", JobClient.xml("c.json", "contract-key-2", "{}")).refusedInXml(4002);
    assertThat(admin.post("/jobs/bulk", "application/x-ndjson", JobClient.envelope("task.submit",
        JobClient.task("c.json", "contract-key-2", "{}")).replace("\n", "")).is(200).text())
        .contains("\"status\":422").contains("UWER-4002");
  }

  @Test
  void xmlPayloadsHaveSchemasToo() {
    register("c.xml", ORDER).is(201);
    String good = JobClient.xml("c.xml", "contract-key-1", "")
        .replace("application/json", "application/xml")
        .replace("<text></text>", "<xml><order xmlns=\"urn:shop\"><sku>991</sku></order></xml>");
    admin.post("/jobs", "application/xml", good).is(201);
    JobClient.Got no = admin.post("/jobs", "application/xml", good.replace("991", "many").replace("key-1", "key-2"));
    assertThat(no.refusedInXml(4002).text()).contains("/body/payload/data@");
    // The same in the JSON form, and what hides in it.
    String json = JobClient.task("c.xml", "contract-key-3", "\"%s\"").replace("application/json", "application/xml");
    admin.submit(json.formatted("<order xmlns='urn:shop'><sku>1</sku></order>")).is(201);
    admin.submit(json.formatted("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><order/>")
        .replace("key-3", "key-4")).refused(4003);
    admin.submit(JobClient.task("c.xml", "contract-key-5", "{}")).refused(4007);
  }

  @Test
  void aPayloadMayNameItsContract() {
    register("c.named", STOCK).is(201);
    register("c.named", "{\"type\":\"string\"}").is(201);
    String task = JobClient.task("c.named", "contract-key-1", "{\"sku\":1}");
    admin.submit(task).refused(4002);
    String named = task.replace("\"content_type\"", "\"schema\":\"%s\",\"content_type\"");
    admin.submit(named.formatted("urn:pawl:contract:default:c.named:1")).is(201);
    admin.submit(named.formatted("urn:pawl:contract:default:c.named:9")).refused(4007);
    admin.submit(named.formatted("urn:pawl:contract:default:filed.type:1")).refused(4007);
  }

  /** What was accepted stays accepted: who sends it again after a new version gets the job that is there. */
  @Test
  void aNewVersionTakesNothingBack() {
    String id = admin.submit("c.later", "contract-key-1", "{\"sku\":\"x\"}");
    register("c.later", STOCK).is(201);
    assertThat(admin.submit(JobClient.task("c.later", "contract-key-1", "{\"sku\":\"x\"}")).is(200)
        .string("task_id")).isEqualTo(id);
    admin.submit(JobClient.task("c.later", "contract-key-2", "{\"sku\":\"x\"}")).refused(4002);
  }

  /** X3: before a node gets a job its payload is looked at again: what breaks its contract is poison, and no attempt. */
  @Test
  void x3_aNodeNeverSeesPoison() {
    String bad = admin.submit("c.worker", "contract-key-1", "{\"sku\":\"x\"}");
    String good = admin.submit("c.worker", "contract-key-2", "{\"sku\":1}");
    register("c.worker", STOCK).is(201);
    String session = UUID.randomUUID().toString();
    String beat = JobClient.envelope("node.heartbeat", """
        {"node_id":"n","session_id":"%s","seq":1,"state":"SYNC","capacity":9,"types":["c.worker"],"leases":[]}"""
        .formatted(session));
    admin.json("/nodes/start", beat).is(200);
    admin.json("/nodes/sync", beat).is(200);
    JobClient.Got got = admin.json("/nodes/grant", "node_id", "n", "session_id", session, "max", 9).is(200);
    assertThat(Json.list(got.at("grants"))).hasSize(1);
    assertThat(got.at("grants.0.body.task_id")).isEqualTo(good);
    assertThat(admin.get("/jobs/dead-letters/" + bad).at("cause")).isEqualTo("POISON_PAYLOAD");
    assertThat(job(bad).attempt()).isEqualTo(1);
    // And what a job brings along is held against its contract, too.
    JobClient.Got refused = admin.json("/nodes/commit", JobClient.envelope("lease.commit", """
        {"task_id":"%s","epoch":1,"session_id":"%s","outcome":"OK","result_digest":"sha-256:%s","spawn":[%s]}"""
        .formatted(good, session, "a".repeat(64), JobClient.task("c.worker", "contract-key-3", "{}")))).is(422);
    assertThat(refused.at("kind")).isEqualTo("lease.commit.ack");
    assertThat(refused.at("body.error.code")).isEqualTo("UWER-4002");
    assertThat(refused.at("body.error.pointer")).isEqualTo("/body/payload/data");
    assertThat(job(good).phase().name()).isEqualTo("READY");
  }

  @Test
  void contractsMayBeFiles(@TempDir Path fresh) throws Exception {
    admin.submit(JobClient.task("filed.type", "contract-key-1", "{}")).refused(4002);
    assertThat(wire.said).anyMatch(line -> line.contains("urn:pawl:contract:default:filed.type:1"));
    Files.createDirectories(fresh.resolve("c/nowhere"));
    Files.writeString(fresh.resolve("c/nowhere/a.json"), STOCK);
    Files.writeString(fresh.resolve("c/b.txt"), "?");
    assertThatThrownBy(() -> new Wire("jdbc:sqlite:" + fresh.resolve("pawl.db"), "--auth-token", "sesame",
        "--contracts", fresh.resolve("c").toString())).isInstanceOf(RejectedException.class)
        .hasMessageContaining("there is no namespace 'nowhere'").hasMessageContaining("b.txt");
  }

  @Test
  void whoMayRegister(@TempDir Path fresh) {
    try (Wire roles = new Wire("jdbc:sqlite:" + fresh.resolve("pawl.db"), "--worker-token", "w", "--operator-token", "o",
        "--admin-token", "a");
        JobClient worker = new JobClient(roles, "w"); JobClient operator = new JobClient(roles, "o")) {
      for (JobClient one : List.of(worker, operator)) {
        one.post("/jobs/types/a.b/contracts", "application/schema+json", STOCK).refused(4030);
        one.get("/jobs/types/a.b/contracts").is(200);
      }
    }
  }
}
