package dev.pawl.protocol.uwer;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.NodeState;
import dev.pawl.core.job.Stage;
import dev.pawl.core.task.SessionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;

/** Random documents that are right. */
final class UwerSamples {
  private final SplittableRandom random;

  UwerSamples(long seed) {
    random = new SplittableRandom(seed);
  }

  Envelope envelope() {
    return new Envelope(coin() ? "5.0" : "5.17", uuid(),
        coin() ? "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" : null, message());
  }

  UwerMessage message() {
    return switch (random.nextInt(7)) {
      case 0 -> new UwerMessage.Submit(task(true));
      case 1 -> new UwerMessage.Grant(job(), epoch(), one(Stage.values()), 1 + random.nextInt(9), 15_000, 3_600_000,
          maybe(() -> "ext-" + random.nextInt()), task(true));
      case 2 -> new UwerMessage.Heartbeat("node-1", session(), epoch(),
          List.of(NodeState.SYNC, NodeState.IDLE, NodeState.BUSY, NodeState.DRAINING).get(random.nextInt(4)),
          random.nextInt(100), maybe(() -> List.of("inventory.sync", "mail")), leases());
      case 3 -> new UwerMessage.HeartbeatAck(random.nextInt(1_000), instant(), leases(), leases(), leases(), coin());
      case 4 -> commit();
      case 5 -> new UwerMessage.CommitAck(job(), epoch(), coin(), coin(), one(JobPhase.values()), maybe(this::error));
      default -> new UwerMessage.Failed(error());
    };
  }

  UwerMessage.Commit commit() {
    return new UwerMessage.Commit(job(), epoch(), session(), one(UwerMessage.Outcome.values()),
        "sha-256:" + "0a".repeat(32), maybe(() -> payload(true)), "ext-1", error(), maybe(() -> random.nextLong(1_800_000)),
        coin() ? List.of() : List.of(task(true), task(true)));
  }

  /** @param freely with members that only the JSON form can have */
  UwerTask task(boolean freely) {
    Map<String, Json> extensions = new LinkedHashMap<>();
    if (freely && coin()) extensions.put("com.example.note", json(2));
    if (coin()) {
      extensions.put(UwerTask.XML_EXTENSIONS, new Json.Arr(coin() ? List.of() : List.of(
          new Json.Str("<e:x xmlns:e=\"urn:e\" a=\"1\">t &amp; u</e:x>"), new Json.Str("<y xmlns=\"urn:y\"></y>"))));
    }
    return new UwerTask(one("inventory.sync", "mail", "a-b.c-d"), one("retail-eu", "x"),
        "key-" + random.nextInt(1_000_000) + "0000", maybe(() -> "corr " + random.nextInt()), random.nextInt(10), instant(),
        maybe(this::instant), maybe(this::instant),
        maybe(() -> new UwerTask.Lease(maybe(() -> 3_000L + random.nextInt(897_001)),
            maybe(() -> 60_000L + random.nextInt(1_740_001)), maybe(() -> 1_000L + random.nextInt(86_399_001)))),
        maybe(() -> new UwerTask.Retry(one(BackoffProfile.values()), maybe(() -> 1 + random.nextInt(100)))),
        maybe(() -> new UwerTask.Check(maybe(() -> 1_000L + random.nextInt(899_001)), maybe(() -> 1 + random.nextInt(10_000)))),
        payload(freely), extensions);
  }

  UwerPayload payload(boolean freely) {
    String schema = maybe(() -> "urn:example:schema:" + random.nextInt(9));
    return switch (random.nextInt(4)) {
      case 0 -> {
        byte[] bytes = new byte[random.nextInt(40)];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) random.nextInt();
        yield new UwerPayload("application/octet-stream", schema, null, new UwerPayload.Content.Bytes(bytes));
      }
      case 1 -> new UwerPayload("text/plain", schema, null, new UwerPayload.Content.Data(
          new Json.Str(freely ? string() : string().replaceAll("[^\\x20-\\x7E\\r\\n\\t\\u00A0-\\uD7FF\\x{10000}-\\x{10FFFF}]", "?"))));
      case 2 -> new UwerPayload("application/xml", schema, null, new UwerPayload.Content.Data(
          new Json.Str("<o:order xmlns:o=\"urn:o\"><o:line n=\"1\">a &lt; b</o:line></o:order>")));
      default -> new UwerPayload(coin() ? "application/json" : "application/vnd.x+json", schema, null,
          new UwerPayload.Content.Data(json(3)));
    };
  }

  Json json(int depth) {
    return switch (random.nextInt(depth > 0 ? 7 : 5)) {
      case 0 -> new Json.Null();
      case 1 -> new Json.Bool(coin());
      case 2 -> new Json.Num(one("0", "-1", "1.50", "1e3", "12345678901", "0.1", "-2.5E-3", "9007199254740992"));
      case 3, 4 -> new Json.Str(string());
      case 5 -> {
        List<Json> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) items.add(json(depth - 1));
        yield new Json.Arr(items);
      }
      default -> {
        Map<String, Json> members = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) members.put(string(), json(depth - 1));
        yield new Json.Obj(members);
      }
    };
  }

  String string() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append(one("a", "Z", " ", "\"", "\\", "/", "\n", "\r", "\t", "\u0001", "<", "&", ">", "]]>", "ö", "€", "😀", "\u0085",
          "\u2028", "\uFFFE", "\u007F", "'"));
    }
    return text.toString();
  }

  JobError error() {
    return new JobError("UWER-" + (4000 + random.nextInt(1_999)), "it broke", maybe(this::string), coin(),
        maybe(() -> "/body/payload"));
  }

  List<UwerMessage.LeaseRef> leases() {
    List<UwerMessage.LeaseRef> refs = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      refs.add(new UwerMessage.LeaseRef(job(), epoch(), maybe(() -> one(Stage.values())), maybe(() -> random.nextLong(99))));
    }
    return refs;
  }

  Instant instant() {
    Instant second = Instant.ofEpochSecond(1_700_000_000L + random.nextInt(100_000_000));
    return coin() ? second : second.plusNanos(random.nextInt(1_000_000) * 1_000L);
  }

  private long epoch() {
    return 1 + random.nextInt(1_000);
  }

  private JobId job() {
    return new JobId(uuid());
  }

  private SessionId session() {
    return new SessionId(uuid());
  }

  private UUID uuid() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  boolean coin() {
    return random.nextBoolean();
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  @SafeVarargs
  final <T> T one(T... values) {
    return values[random.nextInt(values.length)];
  }

  private <T> T maybe(Supplier<T> value) {
    return coin() ? value.get() : null;
  }
}
