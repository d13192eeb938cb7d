package dev.pawl.sdk.client;

import dev.pawl.core.job.JobSpec;
import dev.pawl.core.schedule.CalendarTimes;
import dev.pawl.core.schedule.ClockChange;
import dev.pawl.core.schedule.CronExpression;
import dev.pawl.core.schedule.Interval;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.ScheduleAction;
import dev.pawl.core.schedule.ScheduleCode;
import dev.pawl.core.schedule.ScheduleRefusedException;
import dev.pawl.core.schedule.ScheduleSpec;
import dev.pawl.core.schedule.ScheduleTerms;
import dev.pawl.core.value.Payload;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.job.NewJob;
import dev.pawl.sdk.payload.PayloadConverter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * When a schedule fires and what it starts. Filled in by a lambda:
 *
 * <pre>{@code
 * schedules.create("invoices", when -> when
 *     .cron("0 6 1 * *").zone("Europe/Berlin")
 *     .starts("invoicing", region)
 *     .overlap(OverlapPolicy.BUFFER_ONE));
 * }</pre>
 *
 * <p>What cannot be read is refused where it is said.
 */
public final class ScheduleSettings {
  /** How late a fire still counts, unless said: a day. */
  public static final Duration CATCH_UP = Duration.ofDays(1);

  private final PayloadConverter converter;
  private final String namespace;
  private final String queue;
  private final List<CronExpression> crons = new ArrayList<>();
  private final List<Interval> intervals = new ArrayList<>();
  private final List<CalendarTimes> calendars = new ArrayList<>();
  private final List<CalendarTimes> exclusions = new ArrayList<>();
  private boolean sourcesSaid;
  private boolean exclusionsSaid;
  private ZoneId zone = ZoneId.of("UTC");
  private ClockChange clockChange = ClockChange.ONCE;
  private ScheduleSpec.Window window = ScheduleSpec.Window.ALWAYS;
  private Duration jitter = Duration.ZERO;
  private @Nullable ScheduleAction action;
  private OverlapPolicy overlap = OverlapPolicy.SKIP;
  private Duration catchUp = CATCH_UP;
  private @Nullable Integer maxRuns;
  private boolean paused;
  private @Nullable String note;

  /** @param was null: the schedule is new */
  ScheduleSettings(@Nullable ScheduleTerms was, PayloadConverter converter, String namespace, String queue) {
    this.converter = converter;
    this.namespace = namespace;
    this.queue = was != null && was.action() instanceof ScheduleAction.StartWorkflow start ? start.queue() : queue;
    if (was == null) return;
    ScheduleSpec spec = was.spec();
    crons.addAll(spec.sources().crons());
    intervals.addAll(spec.sources().intervals());
    calendars.addAll(spec.sources().calendars());
    exclusions.addAll(spec.sources().exclusions());
    zone = spec.zone();
    clockChange = spec.clockChange();
    window = spec.window();
    jitter = spec.jitter();
    action = was.action();
    overlap = was.overlap();
    catchUp = was.catchUp();
    maxRuns = was.maxRuns();
  }

  // ---- when

  /**
   * At the times of a cron expression of 5 to 7 fields, on the zone's clock; {@code @daily} and its kin as well. Several
   * add up.
   */
  public ScheduleSettings cron(String expression) {
    source().crons.add(CronExpression.parse(expression, "cron"));
    return this;
  }

  /** At even distances since 1970-01-01T00:00Z, whatever the zone. @param every whole seconds, at least one */
  public ScheduleSettings every(Duration every) {
    return every(every, Duration.ZERO);
  }

  /** The same, moved by an offset of whole seconds, less than {@code every}. */
  public ScheduleSettings every(Duration every, Duration offset) {
    source().intervals.add(new Interval(every, offset));
    return this;
  }

  /** At times of named fields, for example {@code Map.of("hour", "9", "day_of_week", "MON-FRI")}. */
  public ScheduleSettings calendar(Map<String, String> fields) {
    source().calendars.add(CalendarTimes.parse(fields, "calendar"));
    return this;
  }

  /** Not at these times, for example {@code Map.of("month", "12", "day_of_month", "25")}: the whole of Christmas Day. */
  public ScheduleSettings except(Map<String, String> fields) {
    if (!exclusionsSaid) exclusions.clear();
    exclusionsSaid = true;
    exclusions.add(CalendarTimes.parseExclusion(fields, "except"));
    return this;
  }

  private ScheduleSettings source() {
    if (!sourcesSaid) {
      crons.clear();
      intervals.clear();
      calendars.clear();
    }
    sourcesSaid = true;
    return this;
  }

  /** On whose wall clock cron expressions and calendars are read; UTC unless said. */
  public ScheduleSettings zone(String name) {
    zone = ScheduleSpec.zone(name, "zone");
    return this;
  }

  /** What wall times mean on a day of a clock change; {@link ClockChange#ONCE} unless said. */
  public ScheduleSettings clockChange(ClockChange change) {
    clockChange = change;
    return this;
  }

  /** Only in this window. @param from inclusive; null: always. @param until exclusive; null: for ever */
  public ScheduleSettings between(@Nullable Instant from, @Nullable Instant until) {
    window = new ScheduleSpec.Window(from, until);
    return this;
  }

  /** Each fire is late by up to so much, at most an hour and never beyond the next fire; always by the same. */
  public ScheduleSettings jitter(Duration most) {
    jitter = most;
    return this;
  }

  // ---- what

  /** Starts a workflow. */
  public ScheduleSettings starts(String workflowType, @Nullable Object input) {
    return starts(workflowType, input, settings -> {});
  }

  /**
   * Starts a workflow with settings. Queue, timeouts, retry, priority, fairness, build, memo and search attributes
   * count; ids, policies, signals and updates of a start do not belong to a schedule and are refused.
   */
  public ScheduleSettings starts(String workflowType, @Nullable Object input, Consumer<StartSettings> settings) {
    StartSettings set = new StartSettings();
    settings.accept(set);
    if (!set.isRepeatable()) {
      throw new ScheduleRefusedException(ScheduleCode.INVALID_ACTION, "action",
          "expected a start without request id, reuse or conflict policy, signal and update: a schedule names each run itself");
    }
    Map<String, Payload> memo = new LinkedHashMap<>();
    set.memo().forEach((name, value) -> memo.put(name, payload(value)));
    String into = set.queue();
    action = new ScheduleAction.StartWorkflow(workflowType, into == null ? queue : into,
        input == null ? null : payload(input), set.options(Map.of(), memo), false);
    return this;
  }

  /** Hands in a job, as {@link Jobs#job(String, Object)} makes it. */
  public ScheduleSettings enqueues(String jobType, @Nullable Object payload) {
    return enqueues(Jobs.job(jobType, payload));
  }

  /**
   * Hands in a job like this one: its priority and how it is leased, tried again and checked count. Its key is made by the
   * schedule, and its time is the fire's: a job with a delay, a start or a deadline is refused.
   */
  public ScheduleSettings enqueues(NewJob like) {
    if (like.delay() != null || like.start() != null || like.deadline() != null) {
      throw new ScheduleRefusedException(ScheduleCode.INVALID_ACTION, "action",
          "expected a job without delay, start and deadline: a schedule says when");
    }
    JobSpec spec = Jobs.spec(namespace, converter, Instant.EPOCH, like);
    action = new ScheduleAction.EnqueueJob(spec.type(), spec.payload(), spec.digest(), spec.priority(), spec.lease(),
        spec.retry(), spec.check());
    return this;
  }

  private Payload payload(@Nullable Object value) {
    return converter.toPayload(value, value == null ? Object.class : value.getClass());
  }

  // ---- how

  /** What becomes of a fire while something that the schedule started is open; {@code SKIP} unless said. */
  public ScheduleSettings overlap(OverlapPolicy policy) {
    overlap = policy;
    return this;
  }

  /** How late a fire still counts when nobody could look, 10 s to 366 days; {@link #CATCH_UP} unless said. */
  public ScheduleSettings catchUp(Duration window) {
    catchUp = window;
    return this;
  }

  /** Starts so many and no more. */
  public ScheduleSettings maxRuns(int most) {
    maxRuns = most;
    return this;
  }

  /** As many as come; that is so unless said otherwise. */
  public ScheduleSettings withoutEnd() {
    maxRuns = null;
    return this;
  }

  /** Made, and held back until it is resumed. Of a new schedule only. */
  public ScheduleSettings paused() {
    paused = true;
    return this;
  }

  /** For people, and for the history; at most 1,000 characters. */
  public ScheduleSettings note(String words) {
    note = words;
    return this;
  }

  // ---- read

  ScheduleTerms terms() {
    ScheduleAction start = action;
    if (start == null) {
      throw new ScheduleRefusedException(
          ScheduleCode.INVALID_ACTION, "action", "expected starts(...) or enqueues(...): a schedule starts something");
    }
    var sources = new ScheduleSpec.Sources(crons, intervals, calendars, exclusions);
    return new ScheduleTerms(
        new ScheduleSpec(sources, zone, clockChange, window, jitter), start, overlap, catchUp, maxRuns);
  }

  boolean isPaused() {
    return paused;
  }

  @Nullable String note() {
    return note;
  }
}
