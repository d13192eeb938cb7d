package dev.pawl.protocol.uwer;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.UwerCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The reader and the published schema accept and refuse the same envelopes. */
class EnvelopeTest {
  private static final Schema SCHEMA = schema();

  private static final String SUBMIT = """
      {"uwer":"5.0","kind":"task.submit","message_id":"0199a0c0-0000-7000-8000-000000000001",
       "body":{"type":"inventory.sync","namespace":"retail-eu","idempotency_key":"inv-2018-12-24:sku-991",
               "created_at":"2026-11-22T02:30:00Z","payload":{"content_type":"application/json","data":{"sku":991}}}}""";
  private static final String COMMIT = """
      {"uwer":"5.0","kind":"lease.commit","message_id":"0199a0c0-0000-7000-8000-000000000001",
       "body":{"task_id":"0199a0c0-0000-7000-8000-000000000002","epoch":3,
               "session_id":"0199a0c0-0000-7000-8000-000000000003","outcome":"OK",
               "result_digest":"sha-256:0000000000000000000000000000000000000000000000000000000000000000"}}""";

  @Test
  void theSmallestTask() {
    UwerTask task = ((UwerMessage.Submit) ok(SUBMIT).message()).task();
    assertThat(task.idempotencyKey()).isEqualTo("inv-2018-12-24:sku-991");
    assertThat(task.priority()).isEqualTo(5);
    assertThat(task.spec().priority()).isEqualTo(4); // stored is 9 - p
    assertThat(task.spec().payload().text()).isEqualTo("{\"sku\":991}");
    assertThat(task.spec().retry().maxAttempts()).isEqualTo(8);
    assertThat(task.digest()).isEqualTo(Digests.of(JsonReader.read(
        "{\"namespace\":\"retail-eu\",\"payload\":{\"content_type\":\"application/json\",\"data\":{\"sku\":991}},"
            + "\"type\":\"inventory.sync\"}")));
  }

  @Test
  void whatIsWrittenReadsBack() {
    for (int seed = 0; seed < 2_000; seed++) {
      Envelope envelope = new UwerSamples(seed).envelope();
      String document = envelope.write();
      assertThat(valid(document)).as(document).isTrue();
      assertThat(ok(document)).as(document).isEqualTo(envelope);
    }
  }

  @Test
  void brokenOnesAreRefusedByBothOrNeither() {
    int refused = 0;
    int kept = 0;
    for (int seed = 0; seed < 20_000; seed++) {
      UwerSamples samples = new UwerSamples(seed);
      Json broken = new Mutation(samples).of(JsonReader.read(samples.envelope().write()));
      String document = JsonWriter.write(broken);
      boolean valid = valid(document);
      Parsed<Envelope> read = read(document);
      boolean accepted = read instanceof Parsed.Ok;
      // The schema does not look into base64.
      if (read instanceof Parsed.Refused<?> no && no.problem().detail().equals("expected base64")) continue;
      assertThat(accepted).as("schema says %s, reader says %s: %s", valid, read, document).isEqualTo(valid);
      if (accepted) kept++;
      else refused++;
    }
    assertThat(refused).isGreaterThan(5_000);
    assertThat(kept).isGreaterThan(500);
  }

  @Test
  void k0_aMissingOrBlankKeyIsItsOwnRefusalBeforeAllElse() {
    for (String key : List.of("\"\"", "\" \"", "\"\\t\\n\"", "null")) {
      refused(SUBMIT.replace("\"inv-2018-12-24:sku-991\"", key), UwerCode.KEY_MISSING, "/body/idempotency_key");
    }
    String none = SUBMIT.replace("\"idempotency_key\":\"inv-2018-12-24:sku-991\",", "");
    refused(none, UwerCode.KEY_MISSING, "/body/idempotency_key");
    refused(none.replace("retail-eu", "RETAIL"), UwerCode.KEY_MISSING, "/body/idempotency_key");
    refused(none.replace("0199a0c0", "x"), UwerCode.KEY_MISSING, "/body/idempotency_key");
    refused(SUBMIT.replace("inv-2018-12-24:sku-991", "short"), UwerCode.SCHEMA_VIOLATION, "/body/idempotency_key");
    refused(SUBMIT.replace("\"inv-2018-12-24:sku-991\"", "7"), UwerCode.SCHEMA_VIOLATION, "/body/idempotency_key");
  }

  @Test
  void anotherVersionIsNotSupportedAndNonsenseIsWrong() {
    refused(SUBMIT.replace("\"5.0\"", "\"4.2\""), UwerCode.UNSUPPORTED_VERSION, "/uwer");
    refused(SUBMIT.replace("\"5.0\"", "\"6\""), UwerCode.UNSUPPORTED_VERSION, "/uwer");
    refused(SUBMIT.replace("\"5.0\"", "\"five\""), UwerCode.SCHEMA_VIOLATION, "/uwer");
    refused(SUBMIT.replace("\"5.0\"", "5.0"), UwerCode.SCHEMA_VIOLATION, "/uwer");
  }

  @Test
  void problemsPointToTheirPlace() {
    refused(SUBMIT.replace("\"data\"", "\"dada\""), UwerCode.SCHEMA_VIOLATION, "/body/payload/dada");
    refused(SUBMIT.replace("{\"sku\":991}", "1,\"base64\":\"\""), UwerCode.SCHEMA_VIOLATION, "/body/payload/data");
    refused(SUBMIT.replace("\"data\":{\"sku\":991}", "\"base64\":\"%\""), UwerCode.SCHEMA_VIOLATION,
        "/body/payload/base64");
    refused(SUBMIT.replace("\"payload\"", "\"a/b~c\":1,\"payload\""), UwerCode.SCHEMA_VIOLATION, "/body/a~1b~0c");
    refused(SUBMIT.replace("02:30:00Z", "02:30Z"), UwerCode.SCHEMA_VIOLATION, "/body/created_at");
    refused(SUBMIT.replace("2026-11-22T02", "2026-02-30T02"), UwerCode.SCHEMA_VIOLATION, "/body/created_at");
    refused(SUBMIT.replace("02:30:00Z", "02:30:00"), UwerCode.SCHEMA_VIOLATION, "/body/created_at");
    refused(SUBMIT.replace("2026-11-22T02:30:00Z", "9999-12-31T23:30:00-01:00"), UwerCode.SCHEMA_VIOLATION,
        "/body/created_at"); // the year 10000 in UTC
    refused(SUBMIT.replace("\"task.submit\"", "\"task.delete\""), UwerCode.SCHEMA_VIOLATION, "/kind");
    refused(SUBMIT.substring(1), UwerCode.SCHEMA_VIOLATION, null);
  }

  @Test
  void aStatedDigestMustBeTheTasksOwn() {
    UwerTask task = ((UwerMessage.Submit) ok(SUBMIT).message()).task();
    String right = SUBMIT.replace("\"data\"", "\"digest\":\"" + task.digest() + "\",\"data\"");
    assertThat(((UwerMessage.Submit) ok(right).message()).task().digest()).isEqualTo(task.digest());
    refused(right.replace("991", "992"), UwerCode.DIGEST_MISMATCH, "/body/payload/digest");
  }

  @Test
  void theDigestDoesNotSeeHowItWasWritten() {
    String digest = ((UwerMessage.Submit) ok(SUBMIT).message()).task().digest();
    for (String same : List.of(SUBMIT.replace("991}", "991.0}"), SUBMIT.replace("{\"sku\"", "{ \"\\u0073ku\""),
        SUBMIT.replace("02:30:00Z", "03:30:00+01:00"), SUBMIT.replace("\"created_at\"", "\"priority\":9,\"created_at\""),
        SUBMIT.replace("inv-2018", "inv-2019"))) {
      assertThat(((UwerMessage.Submit) ok(same).message()).task().digest()).isEqualTo(digest);
    }
    for (String other : List.of(SUBMIT.replace("991}", "992}"), SUBMIT.replace("retail-eu", "retail-us"),
        SUBMIT.replace("inventory.sync", "inventory.drop"), SUBMIT.replace("application/json", "application/x+json"))) {
      assertThat(((UwerMessage.Submit) ok(other).message()).task().digest()).isNotEqualTo(digest);
    }
  }

  @Test
  void numbersThatHaveNoExactDoubleAreRefusedRatherThanConfused() {
    refused(SUBMIT.replace("991}", "9007199254740993}"), UwerCode.SCHEMA_VIOLATION, null);
    refused(SUBMIT.replace("991}", "1e999}"), UwerCode.SCHEMA_VIOLATION, null);
  }

  @Test
  void commitsCarryWhatTheirOutcomeNeeds() {
    assertThat(((UwerMessage.Commit) ok(COMMIT).message()).outcome()).isEqualTo(UwerMessage.Outcome.OK);
    for (String outcome : List.of("OK_EXTERNAL", "ERR_RETRY", "ERR_FATAL", "CHECK_REJECTED")) {
      refused(COMMIT.replace("\"OK\"", "\"" + outcome + "\""), UwerCode.SCHEMA_VIOLATION, "/body");
    }
    ok(COMMIT.replace("\"OK\"", "\"OK_EXTERNAL\",\"external_ref\":\"x\""));
    ok(COMMIT.replace("\"OK\"", "\"ERR_RETRY\",\"error\":{\"code\":\"UWER-5000\",\"title\":\"t\",\"retryable\":true}"));
    refused(COMMIT.replace("\"epoch\":3", "\"epoch\":0"), UwerCode.SCHEMA_VIOLATION, "/body/epoch");
    refused(COMMIT.replace("\"epoch\":3", "\"epoch\":1e99"), UwerCode.SCHEMA_VIOLATION, "/body/epoch");
    refused(COMMIT.replace("\"epoch\":3", "\"epoch\":1e999999999"), UwerCode.SCHEMA_VIOLATION, "/body/epoch");
    assertThat(((UwerMessage.Commit) ok(COMMIT.replace("\"epoch\":3", "\"epoch\":3.0")).message()).epoch()).isEqualTo(3);
  }

  @Test
  void aResentCommitHasTheSameDigestWhoeverSendsIt() {
    UwerMessage.Commit commit = new UwerSamples(3).commit();
    var resent = new UwerMessage.Commit(commit.task(), commit.epoch(), new dev.pawl.core.task.SessionId(new java.util.UUID(9, 9)),
        commit.outcome(), "sha-256:" + "ff".repeat(32), commit.result(), commit.externalRef(), commit.error(),
        commit.retryAfterMs(), commit.spawn());
    assertThat(Digests.ofCommit(resent)).isEqualTo(Digests.ofCommit(commit));
    var other = new UwerMessage.Commit(commit.task(), commit.epoch() + 1, commit.session(), commit.outcome(),
        commit.resultDigest(), commit.result(), commit.externalRef(), commit.error(), commit.retryAfterMs(), commit.spawn());
    assertThat(Digests.ofCommit(other)).isNotEqualTo(Digests.ofCommit(commit));
  }

  @Test
  void aCommitBecomesARequestAndItsAnswerAnAcknowledgement() {
    for (int seed = 0; seed < 100; seed++) {
      UwerMessage.Commit commit = new UwerSamples(seed).commit();
      var request = commit.request();
      assertThat(request.event().name()).isEqualTo(commit.outcome().name());
      assertThat(request.digest()).isEqualTo(commit.resultDigest());
      assertThat(request.spawn()).hasSameSizeAs(commit.spawn());
      var no = new dev.pawl.core.job.JobDecision.Refused<Void>(UwerCode.STALE_EPOCH, "drop it", null, null);
      for (UwerMessage ack : List.of(UwerMessage.CommitAck.refused(request, JobPhase.READY, no),
          UwerMessage.CommitAck.accepted(new dev.pawl.core.job.CommitJob.Ack(request.job(), request.epoch(), JobPhase.READY, true)))) {
        String document = Envelope.of(new java.util.UUID(1, 2), ack).write();
        assertThat(valid(document)).isTrue();
        assertThat(ok(document).message()).isEqualTo(ack);
      }
    }
  }

  @Test
  void errorsTravelInTheEnvelope() {
    for (UwerCode code : UwerCode.values()) {
      var error = new UwerProblem(code, "x".repeat(5_000), "/a").error();
      String document = Envelope.of(new java.util.UUID(1, 2), new UwerMessage.Failed(error)).write();
      assertThat(valid(document)).as(document).isTrue();
      assertThat(ok(document).message()).isEqualTo(new UwerMessage.Failed(error));
    }
    assertThat(List.of(JobPhase.values())).hasSize(8);
  }

  private static Envelope ok(String document) {
    Parsed<Envelope> read = read(document);
    assertThat(read).as(document).isInstanceOf(Parsed.Ok.class);
    return ((Parsed.Ok<Envelope>) read).value();
  }

  private static void refused(String document, UwerCode code, String pointer) {
    assertThat(read(document)).isInstanceOfSatisfying(Parsed.Refused.class, no -> {
      assertThat(no.problem().code()).as(no.toString()).isEqualTo(code);
      assertThat(no.problem().pointer()).as(no.toString()).isEqualTo(pointer);
    });
  }

  private static Parsed<Envelope> read(String document) {
    return Envelope.read(document.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean valid(String document) {
    return SCHEMA.validate(document, InputFormat.JSON,
        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true))).isEmpty();
  }

  private static Schema schema() {
    try (InputStream in = Envelope.class.getResourceAsStream("envelope-5.0.json")) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Breaks a document in one place, or perhaps does not. */
  private record Mutation(UwerSamples samples) {
    Json of(Json document) {
      return mutate(document, 0);
    }

    private Json mutate(Json value, int depth) {
      boolean here = depth > 0 && samples.below(4) == 0;
      return switch (value) {
        case Json.Obj object when !object.members().isEmpty() && !here -> {
          List<String> names = new ArrayList<>(object.members().keySet());
          String name = names.get(samples.below(names.size()));
          Map<String, Json> members = new LinkedHashMap<>(object.members());
          switch (samples.below(8)) {
            case 0 -> members.remove(name);
            case 1 -> members.put(samples.one("x", "error", "base64", "priority", "external_ref"), other());
            default -> members.put(name, mutate(members.get(name), depth + 1));
          }
          yield new Json.Obj(members);
        }
        case Json.Arr array when !array.items().isEmpty() && !here -> {
          List<Json> items = new ArrayList<>(array.items());
          int i = samples.below(items.size());
          items.set(i, mutate(items.get(i), depth + 1));
          yield new Json.Arr(items);
        }
        default -> other();
      };
    }

    private Json other() {
      return samples.one(new Json.Null(), new Json.Bool(true), new Json.Num("0"), new Json.Num("-1"), new Json.Num("7"),
          new Json.Num("7.0"), new Json.Num("7.5"), new Json.Num("1e2"), new Json.Num("3000"), new Json.Num("900001"),
          new Json.Str(""), new Json.Str("x"), new Json.Str("x.y"), new Json.Str("abcdefgh"), new Json.Str("OK"),
          new Json.Str("ERR_RETRY"), new Json.Str("urn:x:y"), new Json.Str("x".repeat(129)), new Json.Str("x".repeat(513)),
          new Json.Str("😀".repeat(120)), new Json.Str("5.1"), new Json.Str("slow"), new Json.Str("LOST"),
          new Json.Str("2026-11-22T02:30:00+01:00"), new Json.Str("0199a0c0-0000-7000-8000-00000000000F"),
          new Json.Str("UWER-4999"), new Json.Str("sha-256:" + "ab".repeat(32)), new Json.Str("node.heartbeat"),
          new Json.Arr(List.of()), new Json.Obj(Map.of()), new Json.Arr(List.of(new Json.Str("a.b"))));
    }
  }
}
