package dev.pawl.protocol.uwer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.UwerCode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LegacyTaskTest {
  private static final String SMALLEST = """
      <task xmlns="urn:uwer:task:4.2" schemaVersion="4.2">
        <header>
          <type>inventory.sync</type><namespace>retail-eu</namespace>
          <idempotencyKey>inv-2018-12-24:sku-991</idempotencyKey>
          <createdAt>2026-11-22T02:30:00Z</createdAt>
        </header>
        <payload contentType="application/json"><text>{"sku":991}</text></payload>
      </task>
      """;
  private static final String FULL = """
      <?xml version="1.0" encoding="utf-8"?>
      <!-- a comment -->
      <t:task xmlns:t="urn:uwer:task:4.2" schemaVersion=" 4.2 ">
        <t:header>
          <t:priority> +09 </t:priority>
          <t:deadline>2026-11-23T24:00:00+01:00</t:deadline>
          <t:createdAt>2026-11-22T02:30:00.123456789-05:30</t:createdAt>
          <t:notBefore>2026-11-22T10:00:00Z</t:notBefore>
          <t:correlationId> a   b </t:correlationId>
          <t:idempotencyKey>
            key-00000001
          </t:idempotencyKey>
          <t:namespace>retail-eu</t:namespace><t:type>mail</t:type>
        </t:header>
        <t:lease leaseTimeoutMs="3000" executionTimeoutMs="1000"/>
        <t:retry profile="slow" maxAttempts="3"/>
        <t:check pollMs="1000" maxChecks="2"/>
        <t:payload contentType="application/xml" schema="urn:example:order">
          <t:xml> <!-- not kept --> <order xmlns="urn:o" b="2" a="1"><line/>x &gt; y<![CDATA[<z>]]></order> </t:xml>
        </t:payload>
        <t:extensions><e:one xmlns:e="urn:e"/><two xmlns="urn:f"/></t:extensions>
      </t:task>
      """;

  @Test
  void k4_theXmlAndTheJsonFormOfOneTaskAreTheSameTask() {
    String json = """
        {"uwer":"5.0","kind":"task.submit","message_id":"0199a0c0-0000-7000-8000-000000000001",
         "body":{"type":"inventory.sync","namespace":"retail-eu","idempotency_key":"inv-2018-12-24:sku-991",
                 "created_at":"2026-11-22T02:30:00Z","payload":{"content_type":"application/json","data":{"sku":991}}}}""";
    UwerTask legacy = ok(SMALLEST);
    var envelope = (Parsed.Ok<Envelope>) Envelope.read(json.getBytes(StandardCharsets.UTF_8));
    assertThat(((UwerMessage.Submit) envelope.value().message()).task()).isEqualTo(legacy);
    assertThat(((UwerMessage.Submit) envelope.value().message()).task().digest()).isEqualTo(legacy.digest());
  }

  @Test
  void everyPartIsMapped() {
    UwerTask task = ok(FULL.strip());
    assertThat(task).isEqualTo(new UwerTask("mail", "retail-eu", "key-00000001", "a b", 9,
        Instant.parse("2026-11-22T08:00:00.123456789Z"), Instant.parse("2026-11-22T10:00:00Z"),
        Instant.parse("2026-11-23T23:00:00Z"), new UwerTask.Lease(3_000L, null, 1_000L),
        new UwerTask.Retry(BackoffProfile.SLOW, 3), new UwerTask.Check(1_000L, 2),
        new UwerPayload("application/xml", "urn:example:order", null, new UwerPayload.Content.Data(new Json.Str(
            "<order xmlns=\"urn:o\" a=\"1\" b=\"2\"><line></line>x &gt; y&lt;z&gt;</order>"))),
        Map.of("org.uwer.xml", new Json.Arr(List.of(
            new Json.Str("<e:one xmlns:e=\"urn:e\"></e:one>"), new Json.Str("<two xmlns=\"urn:f\"></two>"))))));
    assertThat(task.spec().priority()).isZero();
  }

  @Test
  void whatHasAnXmlFormComesBackAsItWas() {
    for (int seed = 0; seed < 1_000; seed++) {
      UwerTask task = new UwerSamples(seed).task(false);
      Parsed<String> written = LegacyTask.write(task);
      assertThat(written).as("%s", task).isInstanceOf(Parsed.Ok.class);
      String xml = ((Parsed.Ok<String>) written).value();
      UwerTask back = ok(xml);
      assertThat(back).as(xml).isEqualTo(task);
      assertThat(back.digest()).isEqualTo(task.digest());

      String json = Envelope.of(new UUID(1, 2), new UwerMessage.Submit(back)).write();
      var envelope = (Parsed.Ok<Envelope>) Envelope.read(json.getBytes(StandardCharsets.UTF_8));
      assertThat(((UwerMessage.Submit) envelope.value().message()).task().digest()).isEqualTo(task.digest());
    }
  }

  @Test
  void whatHasNoXmlFormIsRefused() {
    int refused = 0;
    for (int seed = 0; seed < 1_000; seed++) {
      UwerTask task = new UwerSamples(seed).task(true);
      switch (LegacyTask.write(task)) {
        case Parsed.Ok<String> xml -> assertThat(ok(xml.value())).isEqualTo(task);
        case Parsed.Refused<String> no -> {
          refused++;
          assertThat(no.problem().code()).isEqualTo(UwerCode.SCHEMA_VIOLATION);
        }
      }
    }
    assertThat(refused).isGreaterThan(100);
    noForm(with(data("text/plain", JsonReader.read("{\"a\":1}")), Map.of()));
    noForm(with(data("text/plain", new Json.Str("\u0000")), Map.of()));
    noForm(with(data("text/plain", new Json.Str("\uFFFF")), Map.of()));
    noForm(with(data("text/plain", new Json.Str("x")), Map.of("com.example.x", new Json.Null())));
    for (String bad : List.of("", "x", "<a/>", "<e:a xmlns:e=\"urn:e\"/>", "<a xmlns=\"urn:uwer:task:4.2\"></a>",
        "<e:a xmlns:e=\"urn:e\"></e:a><e:a xmlns:e=\"urn:e\"></e:a>", "</u:extensions><u:extensions>",
        "<!DOCTYPE a><e:a xmlns:e=\"urn:e\"></e:a>", "<!--c--><e:a xmlns:e=\"urn:e\"></e:a>")) {
      noForm(with(data("text/plain", new Json.Str("x")),
          Map.of(UwerTask.XML_EXTENSIONS, new Json.Arr(List.of(new Json.Str(bad))))));
    }
    noForm(new UwerTask("mail", "x", "key-00000001", " two  blanks ", 5, Instant.EPOCH, null, null, null, null, null,
        data("text/plain", new Json.Str("x")), Map.of()));
  }

  @Test
  void textThatOnlyLooksLikeXmlStaysText() {
    for (String text : List.of("<a", "<a/>", "<o:a xmlns:o=\"urn:o\"/>", "not xml", "<o:a xmlns:o=\"urn:o\"></o:a> ",
        "<o:a xmlns:o=\"urn:o\"><b></b></o:a>", "<!DOCTYPE a><a></a>", "<task xmlns=\"urn:uwer:task:4.2\"></task>")) {
      UwerTask task = with(data("application/xml", new Json.Str(text)), Map.of());
      Parsed<String> written = LegacyTask.write(task);
      if (written instanceof Parsed.Ok<String> xml) {
        assertThat(ok(xml.value())).as(text).isEqualTo(task);
      } else {
        assertThat(text).contains("urn:uwer:task:4.2");
      }
    }
  }

  @Test
  void k0_aMissingOrBlankKeyIsItsOwnRefusalBeforeTheSchema() {
    String element = "<idempotencyKey>inv-2018-12-24:sku-991</idempotencyKey>";
    for (String instead : List.of("", "<idempotencyKey/>", "<idempotencyKey>  \n </idempotencyKey>",
        "<idempotencyKey><!-- none --></idempotencyKey>", "<x:idempotencyKey xmlns:x=\"urn:x\">12345678</x:idempotencyKey>")) {
      refused(SMALLEST.replace(element, instead), UwerCode.KEY_MISSING);
      refused(SMALLEST.replace(element, instead).replace("retail-eu", "RETAIL"), UwerCode.KEY_MISSING);
    }
    // Elsewhere than in the header it is no key.
    refused(SMALLEST.replace(element, "").replace("{\"sku\":991}", "<idempotencyKey>12345678</idempotencyKey>"),
        UwerCode.KEY_MISSING);
    refused(SMALLEST.replace(element, "<idempotencyKey>short</idempotencyKey>"), UwerCode.SCHEMA_VIOLATION);
  }

  @Test
  void violationsOfTheSchemaHaveTheirPlace() {
    List<String[]> edits = List.of(
        new String[] {"retail-eu", "Retail"}, new String[] {"inventory.sync", "inventory..sync"},
        new String[] {"2026-11-22T02:30:00Z", "2026-11-22T02:30:00"}, new String[] {"2026-11-22T02:30:00Z", "today"},
        new String[] {"<payload", "<extra/><payload"}, new String[] {"</header>", "<priority>10</priority></header>"},
        new String[] {"</header>", "</header><lease leaseTimeoutMs=\"2999\"/>"},
        new String[] {"</header>", "</header><retry/>"}, new String[] {"</header>", "</header><retry profile=\"quick\"/>"},
        new String[] {"</header>", "</header><check pollMs=\"900001\"/>"},
        new String[] {"<text>{\"sku\":991}</text>", "<base64>%%%</base64>"},
        new String[] {"<text>{\"sku\":991}</text>", ""},
        new String[] {"<text>{\"sku\":991}</text>", "<xml><a xmlns=\"\"/></xml>"},
        new String[] {"<text>{\"sku\":991}</text>", "<xml><task/></xml>"},
        new String[] {"application/json", "JSON"}, new String[] {"contentType=\"application/json\"", ""},
        new String[] {"</payload>", "</payload><extensions><type/></extensions>"},
        new String[] {"{\"sku\":991}", "{'sku':991}"}, new String[] {"{\"sku\":991}", ""},
        new String[] {"{\"sku\":991}", "{\"a\":1,\"a\":1}"},
        new String[] {"contentType", "schema=\"relative\" contentType"}, new String[] {"</task>", ""},
        new String[] {"</task>", "</task><task/>"}, new String[] {"<task ", "<job "});
    for (String[] edit : edits) {
      UwerProblem problem = refused(SMALLEST.replace(edit[0], edit[1]), UwerCode.SCHEMA_VIOLATION);
      assertThat(problem.pointer()).as("%s: %s", edit[1], problem).matches("\\d+:\\d+|header/.*");
    }
    assertThat(refused(SMALLEST.replace("retail-eu", "Retail"), UwerCode.SCHEMA_VIOLATION).pointer()).startsWith("3:");
  }

  @Test
  void otherVersionsAreNotSupported() {
    refused(SMALLEST.replace("urn:uwer:task:4.2", "urn:uwer:task:4.1"), UwerCode.UNSUPPORTED_VERSION);
    refused("<?xml version=\"1.1\"?>" + SMALLEST, UwerCode.UNSUPPORTED_VERSION);
    refused(SMALLEST.replace("urn:uwer:task:4.2", "urn:other"), UwerCode.SCHEMA_VIOLATION);
    refused(SMALLEST.replace("schemaVersion=\"4.2\"", "schemaVersion=\"4.3\""), UwerCode.UNSUPPORTED_VERSION);
  }

  @Test
  void aStatedDigestMustBeTheTasksOwn() {
    String right = SMALLEST.replace("contentType", "digest=\"" + ok(SMALLEST).digest() + "\" contentType");
    assertThat(ok(right).digest()).isEqualTo(ok(SMALLEST).digest());
    refused(right.replace("991}", "992}"), UwerCode.DIGEST_MISMATCH);
  }

  @Test
  void theDigestDoesNotSeeHowXmlWasWritten() {
    String digest = ok(FULL.strip()).digest();
    for (String same : List.of(
        FULL.replace("<line/>", "<line></line>"), FULL.replace("b=\"2\" a=\"1\"", "a='1'   b='2'"),
        FULL.replace("<![CDATA[<z>]]>", "&lt;z&gt;"), FULL.replace("x &gt; y", "x > y"),
        FULL.replace("<order xmlns=\"urn:o\"", "<order xmlns:unused=\"urn:u\" xmlns=\"urn:o\""),
        FULL.replace("key-0", "key-1"), FULL.replace("<t:retry profile=\"slow\" maxAttempts=\"3\"/>", ""))) {
      assertThat(ok(same.strip()).digest()).isEqualTo(digest);
    }
    assertThat(ok(FULL.strip().replace("x &gt; y", "x  &gt; y")).digest()).isNotEqualTo(digest);
  }

  @Test
  void clientsOfTheXmlFormGetXmlBack() {
    String error = LegacyReply.error(new UwerProblem(UwerCode.SCHEMA_VIOLATION, "<&>\u0000", "3:4").error());
    assertThat(error).contains("<code>UWER-4002</code>", "<detail>&lt;&amp;&gt;\uFFFD</detail>",
        "<retryable>false</retryable>", "<pointer>3:4</pointer>");
    assertThat(CanonicalXml.ofDocument(error)).isNotNull();
    String accepted = LegacyReply.accepted(new dev.pawl.core.job.SubmitJob.Submitted(
        new dev.pawl.core.job.JobId(new UUID(1, 2)), true, dev.pawl.core.job.JobPhase.READY, null));
    assertThat(accepted).contains("<replayed>true</replayed>", "<phase>READY</phase>");
  }

  private static UwerPayload data(String contentType, Json value) {
    return new UwerPayload(contentType, null, null, new UwerPayload.Content.Data(value));
  }

  private static UwerTask with(UwerPayload payload, Map<String, Json> extensions) {
    return new UwerTask("mail", "x", "key-00000001", null, 5, Instant.EPOCH, null, null, null, null, null, payload, extensions);
  }

  private static void noForm(UwerTask task) {
    assertThat(LegacyTask.write(task)).as("%s", task).isInstanceOfSatisfying(Parsed.Refused.class,
        no -> assertThat(no.problem().code()).isEqualTo(UwerCode.SCHEMA_VIOLATION));
  }

  private static UwerTask ok(String document) {
    Parsed<UwerTask> read = LegacyTask.read(document.getBytes(StandardCharsets.UTF_8));
    assertThat(read).as("%s of %s", read, document).isInstanceOf(Parsed.Ok.class);
    return ((Parsed.Ok<UwerTask>) read).value();
  }

  private static UwerProblem refused(String document, UwerCode code) {
    Parsed<UwerTask> read = LegacyTask.read(document.getBytes(StandardCharsets.UTF_8));
    assertThat(read).as(document).isInstanceOf(Parsed.Refused.class);
    UwerProblem problem = ((Parsed.Refused<UwerTask>) read).problem();
    assertThat(problem.code()).as("%s of %s", problem, document).isEqualTo(code);
    return problem;
  }
}
