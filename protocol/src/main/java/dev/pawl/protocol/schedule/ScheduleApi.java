package dev.pawl.protocol.schedule;

import dev.pawl.core.schedule.BackfillSchedule;
import dev.pawl.core.schedule.CreateSchedule;
import dev.pawl.core.schedule.Fired;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleEvent;
import dev.pawl.core.schedule.UpdateSchedule;
import dev.pawl.core.value.RunId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Schedules: what starts a workflow, or hands in a job, again and again. An answer means that the change is durable.
 *
 * <p>An expected "no" is a {@link dev.pawl.core.schedule.ScheduleRefusedException} with a stable code and the path of the
 * field; a namespace that is not there, an action that could never start and a database that does not work are a
 * {@link dev.pawl.core.value.RejectedException}, as everywhere.
 */
public interface ScheduleApi {

  /** Makes a schedule. Its first fire is after now. */
  Schedule create(String namespace, CreateSchedule schedule);

  Schedule describe(String namespace, String id);

  /** Schedules that are not deleted, newest first. */
  Page list(Listing listing);

  /**
   * @param paused null: both kinds
   * @param type of the action, such as a workflow type; null: any
   * @param limit 1 to 1,000
   * @param after the cursor of the page before; null: from the newest
   */
  record Listing(String namespace, @Nullable Boolean paused, @Nullable String type, int limit, @Nullable Cursor after) {
    public static Listing of(String namespace, int limit) {
      return new Listing(namespace, null, null, limit, null);
    }
  }

  /** Where a page ended. */
  record Cursor(java.time.Instant createdAt, String id) {}

  /** @param next null: it was the last page */
  record Page(List<Schedule> schedules, @Nullable Cursor next) {}

  /** Gives a schedule other terms. */
  Schedule update(String namespace, UpdateSchedule update);

  /** Holds a schedule back. @param note null: what was said before stays */
  Schedule pause(String namespace, String id, @Nullable String note);

  /** Lets it fire again; what fell into the pause is not made up for. */
  Schedule resume(String namespace, String id, @Nullable String note);

  /** Ends it. What it started goes on, its history stays for the namespace's retention. */
  void delete(String namespace, String id);

  /** Fires now, even if it is paused. @param overlap null: its own */
  Launch trigger(String namespace, String id, @Nullable OverlapPolicy overlap);

  /** Fires for every nominal time of a past range. */
  List<Launch> backfill(String namespace, BackfillSchedule range);

  /**
   * What came of a fire by hand.
   *
   * @param run what it started, of a job its id; null: nothing
   * @param refusal why what it wanted to start could not be started; null: it could
   */
  record Launch(Fired fired, @Nullable RunId run, @Nullable String refusal) {}

  /**
   * Entries of a history, also of a deleted schedule.
   *
   * @param after sequence; entries behind it are wanted
   * @param limit 1 to 1,000
   */
  List<Entry> history(String namespace, String id, long after, int limit);

  /** @param run what the entry says was started, of a job its id; null: nothing */
  record Entry(ScheduleEvent event, @Nullable RunId run) {}
}
