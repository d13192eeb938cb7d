package dev.pawl.engine.store;

import dev.pawl.core.job.JobDecision;
import dev.pawl.core.run.Mail;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The schedules of a {@link Store}. As there: every verb is atomic on its own, and every method throws
 * {@link StoreException} when the database does not work.
 */
public interface ScheduleStore {

  /** Names a schedule, for ever: one that is made anew under the id of a deleted one goes on where that ended. */
  record Key(String namespace, String id) {}

  /**
   * Commits a group in one transaction; each write lands or falls out alone, with all its mails or with none. Two writes
   * about one schedule do not both land.
   *
   * @return one outcome per write, in order
   */
  List<Store.Outcome> commit(List<Write> group);

  /**
   * A change of one schedule and all that it says: when it wants to be looked at, what it starts, cancels and ends.
   *
   * @param expectedVersion guard: the version that the schedule must have; 0: it must not be there
   * @param after null: the schedule is neither guarded nor changed, only mails go
   * @param events appended to its history
   * @param posts overwrite what has their keys
   * @param unposts may be gone already
   * @param births jobs that come with it; one whose key is taken is that job, and nothing is born
   */
  record Write(Key key, long expectedVersion, @Nullable Schedule after, List<ScheduleEvent> events, List<Mail> posts,
      List<Mail.Key> unposts, List<JobDecision.Change<?>> births) {
    public Write {
      births = List.copyOf(births);
      events = List.copyOf(events);
      posts = List.copyOf(posts);
      unposts = List.copyOf(unposts);
    }

    /** Without jobs. */
    public Write(Key key, long expectedVersion, @Nullable Schedule after, List<ScheduleEvent> events, List<Mail> posts,
        List<Mail.Key> unposts) {
      this(key, expectedVersion, after, events, posts, unposts, List.of());
    }

    /** The same, and this mail goes too. */
    public Write also(Mail.Key gone) {
      List<Mail.Key> all = new ArrayList<>(unposts);
      all.add(gone);
      return new Write(key, expectedVersion, after, events, posts, all, births);
    }
  }

  /** Schedules by key, deleted ones as well; absent keys are absent schedules. */
  Loaded load(Collection<Key> keys);

  /** @param corrupt those that cannot be read, with the reason */
  record Loaded(Map<Key, Schedule> schedules, Map<Key, String> corrupt) {}

  /** Schedules of a namespace that are not deleted, newest first; those that cannot be read are left out. */
  List<Schedule> list(Listing listing);

  /**
   * @param paused null: both kinds
   * @param type of the action; null: any
   * @param after the last one of the page before; null: from the newest
   */
  record Listing(String namespace, @Nullable Boolean paused, @Nullable String type, int limit, @Nullable Cursor after) {}

  record Cursor(Instant createdAt, String id) {}

  /** Entries of a history behind {@code after}, in order. */
  List<ScheduleEvent> history(Key key, long after, int limit);

  /**
   * Deletes up to {@code limit} entries of histories that are older than {@code before}, and as many schedules that were
   * deleted before.
   *
   * @return how many rows went
   */
  int prune(String namespace, Instant before, int limit);
}
