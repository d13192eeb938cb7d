package dev.pawl.sdk.client;

import dev.pawl.core.schedule.BackfillSchedule;
import dev.pawl.core.schedule.Fire;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleCode;
import dev.pawl.core.schedule.ScheduleRefusedException;
import dev.pawl.core.schedule.UpdateSchedule;
import dev.pawl.protocol.schedule.ScheduleApi;
import dev.pawl.sdk.payload.PayloadConverter;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One schedule. Says nothing about whether it exists until it is asked. */
public final class ScheduleHandle {
  private final ScheduleApi api;
  private final PayloadConverter converter;
  private final String namespace;
  private final String id;

  ScheduleHandle(ScheduleApi api, PayloadConverter converter, String namespace, String id) {
    this.api = api;
    this.converter = converter;
    this.namespace = namespace;
    this.id = id;
  }

  public String id() {
    return id;
  }

  /** How it stands now. @throws ScheduleRefusedException {@code SCHEDULE_NOT_FOUND} */
  public Schedule describe() {
    return api.describe(namespace, id);
  }

  /** When it fires next, at most {@code count} instants; none if it is paused or over. */
  public List<Instant> next(int count) {
    Schedule now = describe();
    if (now.next() == null) return List.of();
    return now.terms().spec().preview(now.decidedUntil(), count, id).stream().map(Fire::at).toList();
  }

  /**
   * Changes what the settings say and keeps the rest. When it is said anew, everything about it is: one call to
   * {@link ScheduleSettings#cron} replaces all expressions, intervals and calendars.
   */
  public Schedule update(Consumer<ScheduleSettings> settings) {
    while (true) {
      Schedule there = describe();
      ScheduleSettings set = new ScheduleSettings(there.terms(), converter, namespace, "default");
      settings.accept(set);
      try {
        return api.update(namespace, new UpdateSchedule(id, set.terms(), set.note(), there.version()));
      } catch (ScheduleRefusedException e) {
        // It fired in between, or somebody changed it: what is kept is what it is now.
        if (e.code() != ScheduleCode.SCHEDULE_CHANGED) throw e;
      }
    }
  }

  /** Holds it back. What falls into the pause is not made up for. */
  public Schedule pause(@Nullable String note) {
    return api.pause(namespace, id, note);
  }

  /** Lets it fire again. */
  public Schedule resume(@Nullable String note) {
    return api.resume(namespace, id, note);
  }

  /** Fires now, under its own policy. */
  public ScheduleApi.Launch trigger() {
    return api.trigger(namespace, id, null);
  }

  /** Fires now, under this policy. */
  public ScheduleApi.Launch trigger(OverlapPolicy overlap) {
    return api.trigger(namespace, id, overlap);
  }

  /**
   * Fires for every nominal time of a past range, even if it fired then.
   *
   * @param from inclusive
   * @param until exclusive; what lies ahead is left out, it fires by itself
   */
  public List<ScheduleApi.Launch> backfill(Instant from, Instant until, OverlapPolicy overlap) {
    return api.backfill(namespace, new BackfillSchedule(id, from, until, overlap));
  }

  /** Ends it. What it started goes on, and its history stays for a while. */
  public void delete() {
    api.delete(namespace, id);
  }

  /** Entries of its history behind {@code after}, at most {@code limit}; also if it was deleted. */
  public List<ScheduleApi.Entry> history(long after, int limit) {
    return api.history(namespace, id, after, limit);
  }
}
