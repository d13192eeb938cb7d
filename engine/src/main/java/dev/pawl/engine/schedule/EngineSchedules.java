package dev.pawl.engine.schedule;

import dev.pawl.core.run.StartRun;
import dev.pawl.core.schedule.BackfillSchedule;
import dev.pawl.core.schedule.CreateSchedule;
import dev.pawl.core.schedule.DeleteSchedule;
import dev.pawl.core.schedule.Fired;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.PauseSchedule;
import dev.pawl.core.schedule.ResumeSchedule;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleAction;
import dev.pawl.core.schedule.ScheduleCode;
import dev.pawl.core.schedule.ScheduleEvent;
import dev.pawl.core.schedule.ScheduleRefusedException;
import dev.pawl.core.schedule.TriggerSchedule;
import dev.pawl.core.schedule.UpdateSchedule;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.ScheduleStore;
import dev.pawl.engine.store.ScheduleStore.Key;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.job.JobRefusedException;
import dev.pawl.protocol.schedule.ScheduleApi;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What callers and operators ask about schedules. */
public final class EngineSchedules implements ScheduleApi {
  private static final int LARGEST_PAGE = 1_000;
  private static final int LONGEST_TYPE = 255;

  private final Store store;
  private final ScheduleStore rows;
  private final Schedules schedules;
  private final JobFloor floor;
  private final Consumer<String> namespaceKnown;

  /** @param namespaceKnown throws if there is no such namespace */
  public EngineSchedules(Store store, Schedules schedules, JobFloor floor, Consumer<String> namespaceKnown) {
    this.store = store;
    this.floor = floor;
    this.rows = store.schedules();
    this.schedules = schedules;
    this.namespaceKnown = namespaceKnown;
  }

  private Key key(String namespace, String id) {
    namespaceKnown.accept(namespace);
    return new Key(namespace, id);
  }

  @Override
  public Schedule create(String namespace, CreateSchedule schedule) {
    Key key = key(namespace, schedule.id());
    check(key, schedule.terms().action());
    return schedules.submit(key, schedule).answer();
  }

  @Override
  public Schedule update(String namespace, UpdateSchedule update) {
    Key key = key(namespace, update.id());
    check(key, update.terms().action());
    return schedules.submit(key, update).answer();
  }

  /** What could never be started is said now, not at each fire. */
  private void check(Key key, ScheduleAction action) {
    Rejection wrong = switch (action) {
      case ScheduleAction.StartWorkflow start -> {
        String name = key.id().isBlank() ? "s" : key.id();
        StartRun request = ScheduleMails.start(key, start, name, ScheduleMails.run(key, 1, store.now(), name));
        yield request.wrong();
      }
      case ScheduleAction.EnqueueJob job -> {
        Rejection plain = wrong(job);
        yield plain != null ? plain : breach(key, job);
      }
    };
    if (wrong == null) return;
    String field = wrong.field();
    throw new RejectedException(new Rejection(wrong.code(), wrong.message(), field == null ? null : "action." + field));
  }

  /** How its payload breaks what is agreed about its type. */
  private @Nullable Rejection breach(Key key, ScheduleAction.EnqueueJob job) {
    try {
      floor.agreed(ScheduleMails.job(key, job, key.id(), store.now()));
      return null;
    } catch (JobRefusedException no) {
      String at = no.pointer() == null ? "" : no.pointer().replaceFirst("^/body/payload(/data)?", "");
      return Rejection.invalid("payload" + at.replace('/', '.'), no.why());
    }
  }

  private static @Nullable Rejection wrong(ScheduleAction.EnqueueJob job) {
    if (job.jobType().isBlank() || job.jobType().length() > LONGEST_TYPE) {
      return Rejection.invalid("jobType", "expected 1 to %d characters".formatted(LONGEST_TYPE));
    }
    if (job.payload().size() > Payload.MAX_BYTES) {
      return new Rejection(Rejection.Code.PAYLOAD_TOO_LARGE,
          "expected a payload of at most %d bytes, got %d".formatted(Payload.MAX_BYTES, job.payload().size()), "payload");
    }
    return job.priority() < 0 || job.priority() > 9
        ? Rejection.invalid("priority", "expected 0 to 9, got " + job.priority())
        : null;
  }

  @Override
  public Schedule describe(String namespace, String id) {
    Schedule there = there(key(namespace, id));
    if (there == null || there.deleted()) throw missing(id);
    return there;
  }

  private @Nullable Schedule there(Key key) {
    ScheduleStore.Loaded loaded = rows.load(List.of(key));
    String why = loaded.corrupt().get(key);
    if (why != null) throw new RejectedException(Rejection.because(Rejection.Code.RUN_CORRUPT, why));
    return loaded.schedules().get(key);
  }

  private static ScheduleRefusedException missing(String id) {
    return new ScheduleRefusedException(
        ScheduleCode.SCHEDULE_NOT_FOUND, "schedule_id", "there is no schedule '%s'".formatted(id));
  }

  @Override
  public Page list(Listing listing) {
    namespaceKnown.accept(listing.namespace());
    limit(listing.limit());
    Cursor after = listing.after();
    List<Schedule> found = rows.list(new ScheduleStore.Listing(listing.namespace(), listing.paused(), listing.type(),
        listing.limit() + 1, after == null ? null : new ScheduleStore.Cursor(after.createdAt(), after.id())));
    if (found.size() <= listing.limit()) return new Page(found, null);
    List<Schedule> page = List.copyOf(found.subList(0, listing.limit()));
    return new Page(page, new Cursor(page.getLast().createdAt(), page.getLast().id()));
  }

  private static void limit(int limit) {
    if (limit < 1 || limit > LARGEST_PAGE) {
      throw new RejectedException(Rejection.invalid("limit", "expected 1 to %d, got %d".formatted(LARGEST_PAGE, limit)));
    }
  }

  @Override
  public Schedule pause(String namespace, String id, @Nullable String note) {
    return schedules.submit(key(namespace, id), new PauseSchedule(id, note)).answer();
  }

  @Override
  public Schedule resume(String namespace, String id, @Nullable String note) {
    return schedules.submit(key(namespace, id), new ResumeSchedule(id, note)).answer();
  }

  @Override
  public void delete(String namespace, String id) {
    schedules.submit(key(namespace, id), new DeleteSchedule(id));
  }

  @Override
  public Launch trigger(String namespace, String id, @Nullable OverlapPolicy overlap) {
    Key key = key(namespace, id);
    Schedules.Committed<Fired> done = schedules.submit(key, new TriggerSchedule(id, overlap));
    return launches(key, List.of(done.answer()), done.refusals()).getFirst();
  }

  @Override
  public List<Launch> backfill(String namespace, BackfillSchedule range) {
    Key key = key(namespace, range.id());
    Schedules.Committed<List<Fired>> done = schedules.submit(key, range);
    return launches(key, done.answer(), done.refusals());
  }

  private List<Launch> launches(Key key, List<Fired> fires, Map<String, String> refusals) {
    return fires.stream().map(fired -> switch (fired) {
      case Fired.Started started -> new Launch(fired,
          ScheduleMails.run(key, started.sequence(), started.at(), started.workflowId()),
          refusals.get(started.workflowId()));
      case Fired.Buffered buffered -> new Launch(fired, null, null);
      case Fired.Skipped skipped -> new Launch(fired, null, null);
    }).toList();
  }

  @Override
  public List<Entry> history(String namespace, String id, long after, int limit) {
    Key key = key(namespace, id);
    limit(limit);
    if (after < 0) throw new RejectedException(Rejection.invalid("after", "expected 0 or more, got " + after));
    if (there(key) == null) throw missing(id);
    return rows.history(key, after, limit).stream().map(event -> new Entry(event, run(key, event))).toList();
  }

  private static @Nullable RunId run(Key key, ScheduleEvent event) {
    Instant at = event.at();
    return event.fact() instanceof ScheduleEvent.Triggered fire
        ? ScheduleMails.run(key, event.sequence(), at, fire.workflowId())
        : null;
  }
}
