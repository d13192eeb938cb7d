package dev.pawl.protocol.json;

import dev.pawl.core.run.ParentLink;
import dev.pawl.core.run.ScheduleLink;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The members of one object, read once from front to back and then asked for by name. The table below is the vocabulary
 * of everything that is stored: a name has one type wherever it stands, and a name that is not in it is skipped.
 */
final class Members {
  private record Word(String name, Function<JsonSource, ?> read) {}

  private static final Map<String, Word> WORDS = new HashMap<>();

  private static void words(Function<JsonSource, ?> read, String... names) {
    for (String name : names) {
      if (WORDS.put(name, new Word(name.intern(), read)) != null) throw new IllegalStateException("twice: " + name);
    }
  }

  static {
    words(JsonSource::string, "name", "namespace", "workflowId", "workflowType", "activityType", "queue", "reason", "kind",
        "requestId", "signalId", "updateDigest", "updateId", "changeId", "parentClose", "status", "reuse", "conflict", "digest",
        "phase", "type", "message", "stack", "buildId", "key", "fingerprint", "scheduleId", "zone", "gap", "repeat",
        "overlap", "by", "note", "skipReason", "why", "jobType",
        "jobTerms");
    words(JsonSource::integer, "step", "attempt", "attempts", "runNumber", "version", "minSupported", "maxSupported",
        "priority", "weight", "maxAttempts", "nextStep", "first", "size", "index", "maxRuns", "remaining");
    words(JsonSource::number, "toSeq", "lastSeq", "lastWake", "starts", "failures", "skips", "sequence");
    words(JsonSource::real, "coefficient");
    words(JsonSource::bool, "nonRetryable", "cancelRequested", "paused", "afterReset", "atOnce", "cancelling", "job");
    words(JsonSource::instant, "executionDeadline", "runDeadline", "fireAt", "dueAt", "startedAt", "closedAt", "lastAt",
        "pausedAt", "deletedAt", "firedAt", "skippedAt", "decidedUntil", "createdAt", "updatedAt", "nominal", "lastNominal",
        "from", "until");
    words(JsonSource::duration, "delay", "executionTimeout", "runTimeout", "taskTimeout", "scheduleToStart",
        "startToClose", "scheduleToClose", "heartbeat", "nextRetryDelay", "base", "cap", "timeout", "every", "offset",
        "jitter", "catchUp");
    words(in -> new RunId(in.uuid()), "run", "newRun", "childRun", "firstRun", "continuedFrom", "resetOf", "child", "onlyRun");
    words(PayloadJson::read, "input", "output", "result", "lastHeartbeat", "details");
    words(FailureJson::read, "failure", "cause", "problem");
    words(OutcomeJson::read, "outcome");
    words(Members::read, "options", "retry", "start", "signal", "update", "started", "parent", "sender", "schedule",
        "spec", "action", "fairness");
    words(in -> Reading.list(in, JsonSource::string), "unhandled", "nonRetryableTypes", "offered", "crons");
    words(in -> Reading.list(in, JsonSource::integer), "awaited");
    words(in -> Reading.list(in, JsonSource::duration), "delays");
    words(in -> Reading.list(in, Members::read), "carried", "bundle", "open", "pending", "intervals");
    words(in -> Reading.list(in, each -> Reading.map(each, JsonSource::string)), "calendars", "exclusions");
    calls();
    words(in -> Reading.map(in, PayloadJson::read), "header", "memo");
    words(in -> Reading.map(in, SearchJson::read), "searchAttributes");
    words(in -> Reading.steps(in, JsonSource::string), "activities", "externals");
    words(in -> Reading.steps(in, JsonSource::instant), "timers");
    words(in -> Reading.steps(in, Members::read), "children", "waits");
    words(in -> Reading.map(in, JsonSource::string), "updates");
  }

  /** Words of calls and answers between processes, which are never stored. */
  private static void calls() {
    words(JsonSource::string, "id", "code", "field", "displayed", "cursor", "filter", "act", "blockedReason", "token",
        "session", "worker", "state", "pollId", "summary", "body", "what", "actor");
    words(JsonSource::integer, "number", "limit", "max", "capacity", "losses");
    words(JsonSource::number, "seq", "after", "seen", "knownSeq", "epoch", "historyBytes", "matched", "done", "revision",
        "entries");
    words(JsonSource::bool, "isNew", "keeps", "complete", "release", "dryRun", "mustSync", "ambiguous",
        "suggestContinueAsNew", "yes");
    words(JsonSource::instant, "scheduledAt", "visibleAt", "leasedAt", "heartbeatAt", "at");
    words(JsonSource::duration, "wait", "patience", "leaseTime", "selfFence");
    words(Members::read, "query", "rejection");
    words(in -> Reading.list(in, JsonSource::string), "types", "holding", "lost", "stop", "waitingFor", "advice", "sample");
    words(in -> Reading.list(in, Members::read), "all", "answers", "progress", "views", "grants", "tasks", "queries",
        "admitted", "lines");
    words(in -> Reading.list(in, HistoryJson::event), "events", "own", "newcomers");
    words(in -> Reading.list(in, each -> CommandJson.read(Members.read(each))), "commands");
    words(in -> Reading.map(in, JsonSource::string), "failed");
  }

  private String[] names = new String[8];
  private Object[] values = new Object[8];
  private int count;

  static Members read(JsonSource in) {
    Members members = new Members();
    in.open();
    for (String name = in.member(); name != null; name = in.member()) {
      Word word = WORDS.get(name);
      if (word == null) in.skip();
      else members.put(word.name, word.read.apply(in));
    }
    return members;
  }

  private void put(String name, Object value) {
    if (count == names.length) {
      names = Arrays.copyOf(names, count * 2);
      values = Arrays.copyOf(values, count * 2);
    }
    names[count] = name;
    values[count++] = value;
  }

  // Both sides are interned: the table's names and the literals of the callers.
  @SuppressWarnings({"unchecked", "ReferenceEquality", "StringEquality"})
  private <T> @Nullable T find(String name) {
    for (int i = 0; i < count; i++) if (names[i] == name) return (T) values[i];
    return null;
  }

  private <T> T need(String name) {
    T value = find(name);
    if (value == null) throw new BadJson("member '" + name + "' is missing");
    return value;
  }

  // ---- needed: absence is an error

  int integer(String name) {
    return this.<Integer>need(name);
  }

  long number(String name) {
    return this.<Long>need(name);
  }

  double real(String name) {
    return this.<Double>need(name);
  }

  String text(String name) {
    return need(name);
  }

  Instant instant(String name) {
    return need(name);
  }

  Duration duration(String name) {
    return need(name);
  }

  RunId run(String name) {
    return need(name);
  }

  Failure failure() {
    return need("failure");
  }

  Outcome outcome() {
    return need("outcome");
  }

  Members object(String name) {
    return need(name);
  }

  <E extends Enum<E>> E oneOf(Class<E> type, String name) {
    return Reading.oneOf(type, text(name));
  }

  // ---- optional: null or a default

  int integer(String name, int absent) {
    Integer value = find(name);
    return value == null ? absent : value;
  }

  boolean flag(String name) {
    return Boolean.TRUE.equals(find(name));
  }

  @Nullable String textOrNull(String name) {
    return find(name);
  }

  @Nullable Instant instantOrNull(String name) {
    return find(name);
  }

  @Nullable Duration durationOrNull(String name) {
    return find(name);
  }

  Duration duration(String name, Duration absent) {
    Duration value = find(name);
    return value == null ? absent : value;
  }

  @Nullable RunId runOrNull(String name) {
    return find(name);
  }

  @Nullable Payload payload(String name) {
    return find(name);
  }

  @Nullable Failure failureOrNull(String name) {
    return find(name);
  }

  @Nullable Outcome outcomeOrNull() {
    return find("outcome");
  }

  @Nullable Members objectOrNull(String name) {
    return find(name);
  }

  @Nullable ParentLink parentOrNull(String name) {
    Members link = find(name);
    return link == null ? null : link.asParent();
  }

  ParentLink parent(String name) {
    return object(name).asParent();
  }

  private ParentLink asParent() {
    return new ParentLink(text("namespace"), text("workflowId"), run("run"), integer("step"));
  }

  ScheduleLink schedule() {
    return object("schedule").asSchedule();
  }

  @Nullable ScheduleLink scheduleOrNull() {
    Members link = find("schedule");
    return link == null ? null : link.asSchedule();
  }

  private ScheduleLink asSchedule() {
    return new ScheduleLink(text("namespace"), text("scheduleId"));
  }

  /** The list of this name; the caller knows its types from the table above. */
  <T> List<T> list(String name) {
    List<T> value = find(name);
    return value == null ? List.of() : value;
  }

  @Nullable Integer integerOrNull(String name) {
    return find(name);
  }

  List<String> texts(String name) {
    List<String> value = find(name);
    return value == null ? List.of() : value;
  }

  List<Integer> integers(String name) {
    List<Integer> value = find(name);
    return value == null ? List.of() : value;
  }

  List<Duration> durations(String name) {
    return need(name);
  }

  boolean has(String name) {
    return find(name) != null;
  }

  List<Members> objects(String name) {
    List<Members> value = find(name);
    return value == null ? List.of() : value;
  }

  Map<String, Payload> payloads(String name) {
    return map(name);
  }

  Map<String, SearchValue> searchAttributes() {
    return map("searchAttributes");
  }

  /** The map of this name; the caller knows its types from the table above. */
  <K, V> Map<K, V> map(String name) {
    Map<K, V> value = find(name);
    return value == null ? Map.of() : value;
  }
}
