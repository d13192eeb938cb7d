package dev.pawl.server.control;

import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.schedule.CalendarTimes;
import dev.pawl.core.schedule.ClockChange;
import dev.pawl.core.schedule.CronExpression;
import dev.pawl.core.schedule.Interval;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.ScheduleAction;
import dev.pawl.core.schedule.ScheduleSpec;
import dev.pawl.core.schedule.ScheduleTerms;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.SearchValue;
import dev.pawl.protocol.uwer.Digests;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Attributes;
import dev.pawl.server.wire.Turns;
import dev.pawl.server.wire.Values;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client says about a schedule. What it does not say stays as it was, or gets its standard value. */
final class ScheduleInput {
  static final int MEMO_BYTES = 262_144;
  static final Duration CATCH_UP = Duration.ofDays(1);

  private final Call call;
  private final Map<String, String> types;

  /** @param types of the namespace's search attributes */
  ScheduleInput(Call call, Map<String, String> types) {
    this.call = call;
    this.types = types;
  }

  /** @param was null: the schedule is new */
  ScheduleTerms terms(@Nullable ScheduleTerms was) {
    ScheduleSpec spec = call.has("spec") || was == null ? spec(call.object("spec")) : was.spec();
    if (call.has("jitter_seconds")) spec = jittered(spec, Duration.ofSeconds(call.integer("jitter_seconds", 0)));
    else if (was != null) spec = jittered(spec, was.spec().jitter());
    Long maxRuns = call.integer("max_runs");
    Integer runs = maxRuns != null ? (Integer) maxRuns.intValue()
        : was == null || call.body().containsKey("max_runs") ? null : was.maxRuns();
    Long catchUp = call.integer("catchup_window_seconds");
    return new ScheduleTerms(spec, action(was == null ? null : was.action()),
        policy("overlap_policy", was == null ? OverlapPolicy.SKIP : was.overlap()),
        catchUp != null ? Duration.ofSeconds(catchUp) : was == null ? CATCH_UP : was.catchUp(), runs);
  }

  private static ScheduleSpec jittered(ScheduleSpec spec, Duration jitter) {
    return new ScheduleSpec(spec.sources(), spec.zone(), spec.clockChange(), spec.window(), jitter);
  }

  /** The policy under a name, which the gate has checked. */
  OverlapPolicy policy(String field, OverlapPolicy absent) {
    String said = call.text(field);
    return said == null ? absent : OverlapPolicy.valueOf(said.toUpperCase(Locale.ROOT));
  }

  @Nullable OverlapPolicy policy(String field) {
    return call.has(field) ? policy(field, OverlapPolicy.SKIP) : null;
  }

  // ---- when

  private static ScheduleSpec spec(Map<String, @Nullable Object> sent) {
    List<CronExpression> crons = new ArrayList<>();
    List<String> texts = strings(sent, "cron_expressions");
    for (int i = 0; i < texts.size(); i++) {
      crons.add(CronExpression.parse(texts.get(i), "spec.cron_expressions[%d]".formatted(i)));
    }
    List<Interval> intervals = new ArrayList<>();
    List<Map<String, @Nullable Object>> lengths = objects(sent, "intervals");
    for (int i = 0; i < lengths.size(); i++) {
      String path = "spec.intervals[%d]".formatted(i);
      String every = Json.string(lengths.get(i), "every");
      if (every == null) throw Refusal.invalid(path + ".every", "The every field is required.");
      intervals.add(Interval.parse(every, Json.string(lengths.get(i), "offset"), path));
    }
    List<CalendarTimes> calendars = new ArrayList<>();
    for (Map<String, String> fields : calendars(sent, "calendars")) {
      calendars.add(CalendarTimes.parse(fields, "spec.calendars[%d]".formatted(calendars.size())));
    }
    List<CalendarTimes> exclusions = new ArrayList<>();
    for (Map<String, String> fields : calendars(sent, "exclusions")) {
      exclusions.add(CalendarTimes.parseExclusion(fields, "spec.exclusions[%d]".formatted(exclusions.size())));
    }
    ZoneId zone = ScheduleSpec.zone(Json.string(sent, "timezone"), "spec.timezone");
    Map<String, @Nullable Object> window = Json.object(sent.get("window"));
    return new ScheduleSpec(new ScheduleSpec.Sources(crons, intervals, calendars, exclusions), zone,
        clockChange(Json.object(sent.get("clock_change"))),
        new ScheduleSpec.Window(instant(window, "from", "spec.window.from"), instant(window, "until", "spec.window.until")),
        Duration.ZERO);
  }

  private static ClockChange clockChange(Map<String, @Nullable Object> sent) {
    return new ClockChange(
        oneOf(ClockChange.Gap.class, Json.string(sent, "gap"), ClockChange.ONCE.gap(), "spec.clock_change.gap"),
        oneOf(ClockChange.Repeat.class, Json.string(sent, "repeat"), ClockChange.ONCE.repeat(),
            "spec.clock_change.repeat"));
  }

  private static <E extends Enum<E>> E oneOf(Class<E> type, @Nullable String said, E absent, String field) {
    if (said == null) return absent;
    try {
      return Enum.valueOf(type, said.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      List<String> names = new ArrayList<>();
      for (E one : type.getEnumConstants()) names.add(one.name().toLowerCase(Locale.ROOT));
      throw Refusal.invalid(field, "Expected one of %s, found '%s'.".formatted(String.join(", ", names), said));
    }
  }

  private static List<String> strings(Map<String, @Nullable Object> sent, String name) {
    List<String> all = new ArrayList<>();
    for (Object one : listed(sent, name)) {
      if (!(one instanceof String text)) {
        throw Refusal.invalid("spec.%s[%d]".formatted(name, all.size()), "Expected a string.");
      }
      all.add(text);
    }
    return all;
  }

  private static List<Map<String, @Nullable Object>> objects(Map<String, @Nullable Object> sent, String name) {
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    for (Object one : listed(sent, name)) {
      if (!(one instanceof Map)) throw Refusal.invalid("spec.%s[%d]".formatted(name, all.size()), "Expected an object.");
      all.add(Json.object(one));
    }
    return all;
  }

  private static List<@Nullable Object> listed(Map<String, @Nullable Object> sent, String name) {
    Object value = sent.get(name);
    if (value == null) return List.of();
    if (!(value instanceof List)) throw Refusal.invalid("spec." + name, "Expected a list.");
    return Json.list(value);
  }

  /** Values may be numbers or text. */
  private static List<Map<String, String>> calendars(Map<String, @Nullable Object> sent, String name) {
    return objects(sent, name).stream().map(object -> {
      Map<String, String> fields = new LinkedHashMap<>();
      object.forEach((field, value) -> {
        if (value != null) fields.put(field, String.valueOf(value));
      });
      return fields;
    }).toList();
  }

  // ---- what

  private ScheduleAction action(@Nullable ScheduleAction was) {
    Map<String, @Nullable Object> sent = call.object("action");
    boolean job = sent.containsKey("job_type") || (was instanceof ScheduleAction.EnqueueJob && !sent.containsKey("workflow_type"));
    if (job) return job(sent, was instanceof ScheduleAction.EnqueueJob before ? before : null);
    ScheduleAction.StartWorkflow before = was instanceof ScheduleAction.StartWorkflow start ? start : null;
    StartOptions o = before == null ? StartOptions.PLAIN : before.options();
    Map<String, Payload> memo = call.body().containsKey("memo") ? memo() : o.memo();
    Map<String, SearchValue> attributes = call.body().containsKey("search_attributes")
        ? Attributes.read("search_attributes", call.object("search_attributes"), types, false)
        : o.searchAttributes();
    StartOptions options = new StartOptions(
        seconds(sent, "execution_timeout_seconds", "workflow_execution_timeout", o.executionTimeout()),
        seconds(sent, "run_timeout_seconds", "workflow_run_timeout", o.runTimeout()), o.taskTimeout(), o.retry(),
        o.delay(), Turns.priority("action.", sent, o.priority()), Turns.fairness("action.", sent, o.fairness()),
        o.buildId(), o.header(), memo, attributes);
    String type = text(sent, "workflow_type", before == null ? "" : before.workflowType());
    if (type.isEmpty()) throw Refusal.invalid("action.workflow_type", "The workflow type field is required.");
    Payload input = sent.containsKey("input") || before == null
        ? Values.arguments("action.input", sent.get("input"))
        : before.input();
    // A program in another language cannot be asked to stop: it is closed.
    return new ScheduleAction.StartWorkflow(
        type, text(sent, "task_queue", before == null ? "default" : before.queue()), input, options, true);
  }

  private ScheduleAction job(Map<String, @Nullable Object> sent, ScheduleAction.@Nullable EnqueueJob before) {
    if (sent.containsKey("workflow_type")) {
      throw Refusal.invalid("action.job_type", "An action has a workflow type or a job type, not both.");
    }
    if (call.has("memo")) throw Refusal.invalid("memo", "A job has no memo.");
    if (call.has("search_attributes")) throw Refusal.invalid("search_attributes", "A job has no search attributes.");
    String type = text(sent, "job_type", before == null ? "" : before.jobType());
    if (type.isEmpty()) throw Refusal.invalid("action.job_type", "The job type field is required.");
    Payload payload = sent.containsKey("payload") || before == null
        ? Payload.json(Json.text(sent.get("payload")))
        : before.payload();
    int order = Turns.priority("action.", sent, before == null ? JobSpec.STANDARD_PRIORITY : before.priority());
    return new ScheduleAction.EnqueueJob(type, payload, Digests.of(call.namespace(), type, payload), order,
        before == null ? LeaseTerms.STANDARD : before.lease(), before == null ? RetryTerms.STANDARD : before.retry(),
        before == null ? CheckTerms.STANDARD : before.check());
  }

  private static String text(Map<String, @Nullable Object> sent, String name, String absent) {
    Object value = sent.get(name);
    if (value == null || "".equals(value)) return absent;
    if (value instanceof String text && text.length() <= 255) return text;
    throw Refusal.invalid("action." + name, "Expected a string of at most 255 characters.");
  }

  private static @Nullable Duration seconds(
      Map<String, @Nullable Object> sent, String name, String alias, @Nullable Duration absent) {
    String said = sent.containsKey(name) ? name : alias;
    if (!sent.containsKey(said)) return absent;
    if (sent.get(said) == null) return null;
    Long seconds = Json.integer(sent, said);
    if (seconds == null || seconds < 1 || seconds > 3_155_760_000L) {
      throw Refusal.invalid("action." + said, "Expected whole seconds from 1 to 3155760000.");
    }
    return Duration.ofSeconds(seconds);
  }

  private Map<String, Payload> memo() {
    Map<String, @Nullable Object> memo = call.object("memo");
    if (Json.text(memo).getBytes(StandardCharsets.UTF_8).length > MEMO_BYTES) {
      String message = "The memo field must not be larger than %d bytes.".formatted(MEMO_BYTES);
      throw new Refusal(422, "memo_too_large", message, "limit", MEMO_BYTES, "errors",
          Map.of("memo", List.of(message)), "validation_errors", Map.of("memo", List.of(message)));
    }
    return Attributes.memo(memo);
  }

  // ---- instants

  /** An instant that has to be there. */
  static Instant instant(Call call, String name) {
    Instant at = instant(call.body(), name, name);
    if (at == null) throw Refusal.invalid(name, "The %s field is required.".formatted(name.replace('_', ' ')));
    return at;
  }

  private static @Nullable Instant instant(Map<String, @Nullable Object> sent, String name, String field) {
    Object value = sent.get(name);
    if (value == null) return null;
    try {
      return OffsetDateTime.parse(String.valueOf(value)).toInstant();
    } catch (DateTimeParseException e) {
      throw Refusal.invalid(field, "Expected a date and time such as 2027-01-01T00:00:00Z.");
    }
  }
}
