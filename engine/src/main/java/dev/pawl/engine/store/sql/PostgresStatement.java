package dev.pawl.engine.store.sql;

import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one statement that commits a group on PostgreSQL, put together from the parts that the group needs. The rows
 * of a part come as one array of a composite type of their own: an array per column would cost a function scan each, and
 * those were most of what a small group cost. {@code w} is the place of a row's write in the group.
 *
 * <p>{@code bad} is a string of bits, one per write, set where a guard does not hold. It is computed first, because
 * everything that writes asks it. Guards that concern several rows of one write lock those rows and look at them one by
 * one in sub-selects, which cannot be planned as anything but an index look-up. If the versions are the only guards,
 * the update itself is the guard, and saves a lock per row.
 *
 * <p>New chains are guarded by not being there; if another node inserts the same one meanwhile, the unique key fails
 * the whole statement, and the group is done again.
 */
final class PostgresStatement {
  /** What a statement may be made of, in the order of the parameters: first those of all guards, then those of all writes. */
  enum Part {
    /** Runs that change. Guarded by their version in the update itself, which comes before everything else. */
    CHANGED(null, null),
    /** Runs that change, in a group whose writes have other guards as well. */
    CHANGED_LOCKED(GUARD_VERSIONS, UPDATE_LOCKED),
    /** Runs that are born, and chains that are. */
    BORN(GUARD_BORN, BIRTHS),
    EVENTS(null, NEW_EVENTS),
    /** Chains that move on. */
    MOVED(GUARD_CHAINS, MOVES),
    // A part that changes a table opens all its indexes, whether it has rows or not: one part for each kind of change.
    TASK_GUARDS(GUARD_TASKS, null),
    TASK_CLOSES(null, CLOSED_TASKS),
    TASK_CHANGES(null, CHANGED_TASKS),
    TASK_OPENS(null, NEW_TASKS),
    MAIL_GUARDS(GUARD_MAILS, null),
    MAIL_TAKES(null, TAKEN_MAILS),
    MAIL_POSTS(null, POSTED_MAILS),
    UPDATES(null, CHANGED_UPDATES),
    /** Request ids. */
    REMEMBERED(null, NEW_REQUESTS),
    /** Ledger, late reports, search attributes of new runs. */
    RARE(null, RARE_ROWS);

    private final @Nullable String guard;
    private final @Nullable String write;

    Part(@Nullable String guard, @Nullable String write) {
      this.guard = guard;
      this.write = write;
    }
  }

  private PostgresStatement() {}

  /** @param parts in their order */
  static String of(EnumSet<Part> parts) {
    StringBuilder sql = new StringBuilder(GROUP);
    boolean direct = parts.contains(Part.CHANGED);
    if (direct) sql.append(UPDATE_DIRECT);
    sql.append(BAD_OPEN);
    if (direct) sql.append(BAD_NOT_UPDATED);
    List<String> guards = parts.stream().map(part -> part.guard).filter(Objects::nonNull).toList();
    if (!guards.isEmpty()) {
      sql.append(BAD_GUARDS_OPEN).append(String.join("\n    union all ", guards)).append(BAD_GUARDS_CLOSE);
    }
    sql.append(BAD_CLOSE);
    for (Part part : parts) if (part.write != null) sql.append(part.write);
    return sql.append(ANSWER).toString();
  }

  private static final String GROUP = """
      with z as materialized (select ?::varbit as none, ?::varbit as changed, ?::bigint as commit_id)""";

  private static final String SET_RUN = """
        update pawl_runs r set status = t.status, paused = t.paused, version = t.version, phase = t.phase,
          epoch = t.epoch,
          session = t.session, since = t.since, visible_at = t.visible_at, seen = t.seen, sticky = t.sticky,
          report = t.report, report_seq = t.report_seq, losses = t.losses,
          failures = t.failures, admitted = t.admitted, reason = t.reason,
            closed_at = t.closed_at, last_seq = t.last_seq,
          history_bytes = r.history_bytes + t.bytes, history_hash = t.hash, commit_id = (select commit_id from z),
          state = t.state
        from unnest(?::pawl_run_change_row[]) as t
      """;
  static final Records.Shape CHANGED_ROWS = new Records.Shape("pawl_run_change_row", 24);

  private static final String UPDATE_DIRECT = """
      ,
      u as (
      """ + SET_RUN + """
        where r.run_id = t.id and r.version = t.expected
        returning t.w)""";

  private static final String UPDATE_LOCKED = """
      ,
      u as (
      """ + SET_RUN + """
        where r.run_id = t.id and get_bit((select bits from bad), t.w) = 0)""";

  private static final String BAD_OPEN = """
      ,
      bad as materialized (select z.none""";
  private static final String BAD_NOT_UPDATED = """

        | (z.changed & ~coalesce((select bit_or(set_bit(z.none, u.w, 1)) from u), z.none))""";
  private static final String BAD_GUARDS_OPEN = """

        | coalesce((select bit_or(set_bit(z.none, f.w, 1)) from (
          """;
  private static final String BAD_GUARDS_CLOSE = """
      ) f), z.none)""";
  private static final String BAD_CLOSE = """

        as bits from z)""";

  private static final String GUARD_VERSIONS = """
      select t.w from unnest(?::pawl_run_guard_row[]) as t
            where not exists (select 1 from pawl_runs r where r.run_id = t.id and r.version = t.expected for update)""";
  static final Records.Shape VERSION_ROWS = new Records.Shape("pawl_run_guard_row", 3);

  // "offset 0" keeps the planner from turning the look-up into a join.
  private static final String GUARD_BORN = """
      select t.w from unnest(?::pawl_birth_guard_row[]) as t
            where exists (select 1 from pawl_runs r where r.run_id = t.id offset 0)
          union all select t.w from unnest(?::pawl_new_chain_guard_row[]) as t
            where exists (select 1 from pawl_chains c
              where c.namespace = t.namespace and c.workflow_id = t.workflow_id offset 0)""";
  static final Records.Shape BORN_KEY_ROWS = new Records.Shape("pawl_birth_guard_row", 2);
  static final Records.Shape CHAIN_KEY_ROWS = new Records.Shape("pawl_new_chain_guard_row", 3);

  private static final String GUARD_CHAINS = """
      select t.w from unnest(?::pawl_chain_guard_row[]) as t
            where not exists (select 1 from pawl_chains c where c.namespace = t.namespace
              and c.workflow_id = t.workflow_id and c.run_id = t.expected for update)""";
  static final Records.Shape CHAIN_GUARD_ROWS = new Records.Shape("pawl_chain_guard_row", 4);

  private static final String GUARD_TASKS = """
      select t.w from unnest(?::pawl_task_guard_row[]) as t
            where not exists (select 1 from pawl_tasks k
              where k.run_id = t.id and k.step = t.step and k.epoch = t.epoch for update)""";
  static final Records.Shape TASK_GUARD_ROWS = new Records.Shape("pawl_task_guard_row", 4);

  private static final String GUARD_MAILS = """
      select t.w from unnest(?::pawl_mail_key_row[]) as t
            where not exists (select 1 from pawl_mailbox m where m.owner = t.owner and m.item = t.item for update)""";
  static final Records.Shape MAIL_KEY_ROWS = new Records.Shape("pawl_mail_key_row", 3);

  private static final String BIRTHS = """
      ,
      b as (
        insert into pawl_runs (run_id, namespace, workflow_id, workflow_type, queue, priority, run_number, status,
          paused,
          version, phase, epoch, session, since, visible_at, seen, sticky, report, report_seq, losses, failures,
            admitted,
          reason, started_at, closed_at, last_seq, history_bytes, history_hash, commit_id, birth, state, build_id)
        select t.id, t.namespace, t.workflow_id, t.workflow_type, t.queue, t.priority, t.run_number, t.status,
          t.paused,
          t.version, t.phase, t.epoch, t.session, t.since, t.visible_at, t.seen, t.sticky, t.report, t.report_seq,
          t.losses, t.failures, t.admitted, t.reason, t.started_at,
            t.closed_at, t.last_seq, t.bytes, t.hash,
          (select commit_id from z), t.birth, t.state, t.build_id
        from unnest(?::pawl_birth_2_row[]) as t
        where get_bit((select bits from bad), t.w) = 0),
      c as (
        insert into pawl_chains (namespace, workflow_id, run_id, run_number)
        select t.namespace, t.workflow_id, t.run_id, t.run_number
        from unnest(?::pawl_chain_row[]) as t
        where get_bit((select bits from bad), t.w) = 0)""";
  static final Records.Shape BORN_ROWS = new Records.Shape("pawl_birth_2_row", 32);
  static final Records.Shape CHAIN_ROWS = new Records.Shape("pawl_chain_row", 5);

  private static final String NEW_EVENTS = """
      ,
      e as (
        insert into pawl_events (run_id, seq, type, at, seen, commit_id, data)
        select t.id, t.seq, t.type, t.at, t.seen, (select commit_id from z), t.data
        from unnest(?::pawl_event_row[]) as t
        where get_bit((select bits from bad), t.w) = 0)""";
  static final Records.Shape EVENT_ROWS = new Records.Shape("pawl_event_row", 7);

  private static final String MOVES = """
      ,
      m as (
        update pawl_chains c set run_id = t.run_id, run_number = t.run_number
        from unnest(?::pawl_chain_row[]) as t
        where c.namespace = t.namespace and c.workflow_id = t.workflow_id and get_bit((select bits from bad),
          t.w) = 0)""";

  private static final String CLOSED_TASKS = """
      ,
      task_close as (
        delete from pawl_tasks k using unnest(?::pawl_task_key_row[]) as t
        where k.run_id = t.id and k.step = t.step and get_bit((select bits from bad), t.w) = 0)""";
  static final Records.Shape TASK_KEY_ROWS = new Records.Shape("pawl_task_key_row", 3);

  private static final String CHANGED_TASKS = """
      ,
      task_change as (
        update pawl_tasks k set phase = t.phase, attempt = t.attempt, losses = t.losses, epoch = t.epoch,
          session = t.session,
          visible_at = t.visible_at, leased_at = t.leased_at, heartbeat_at = t.heartbeat_at,
            deadline_at = t.deadline_at,
          cancel_requested = t.cancel_requested, ambiguous = t.ambiguous, details = t.details,
          last_failure = t.last_failure
        from unnest(?::pawl_task_lease_row[]) as t
        where k.run_id = t.id and k.step = t.step and get_bit((select bits from bad), t.w) = 0)""";
  static final Records.Shape TASK_ROWS = new Records.Shape("pawl_task_lease_row", 16);

  private static final String NEW_TASKS = """
      ,
      task_open as (
        insert into pawl_tasks (run_id, step, phase, attempt, losses, epoch, session, visible_at, leased_at,
          heartbeat_at,
          deadline_at, cancel_requested, ambiguous, details, last_failure, namespace, workflow_id, workflow_type, queue,
          activity_type, priority, scheduled_at, data)
        select t.id, t.step, t.phase, t.attempt, t.losses, t.epoch, t.session, t.visible_at, t.leased_at,
          t.heartbeat_at,
          t.deadline_at, t.cancel_requested, t.ambiguous, t.details, t.last_failure,
            t.namespace, t.workflow_id,
          t.workflow_type, t.queue, t.activity_type, t.priority, t.scheduled_at, t.data
        from unnest(?::pawl_new_task_row[]) as t
        where get_bit((select bits from bad), t.w) = 0)""";
  static final Records.Shape OPEN_ROWS = new Records.Shape("pawl_new_task_row", 24);

  private static final String TAKEN_MAILS = """
      ,
      mail_take as (
        delete from pawl_mailbox m using unnest(?::pawl_mail_key_row[]) as t
        where m.owner = t.owner and m.item = t.item and get_bit((select bits from bad), t.w) = 0)""";

  private static final String POSTED_MAILS = """
      ,
      mail_post as (
        insert into pawl_mailbox (owner, item, due, kind, data)
        select t.owner, t.item, t.due, t.kind, t.data
        from unnest(?::pawl_mail_row[]) as t
        where get_bit((select bits from bad), t.w) = 0
        on conflict (owner, item) do update set due = excluded.due, kind = excluded.kind, data = excluded.data)""";
  static final Records.Shape MAIL_ROWS = new Records.Shape("pawl_mail_row", 6);

  private static final String CHANGED_UPDATES = """
      ,
      update_admit as (
        insert into pawl_updates (run_id, update_id, ord, name, phase, input, header, outcome)
        select t.id, t.update_id, t.ord, t.name, t.phase, t.input, t.header, t.outcome
        from unnest(?::pawl_new_update_row[]) as t
        where get_bit((select bits from bad), t.w) = 0),
      update_settle as (
        update pawl_updates p set phase = t.phase, outcome = coalesce(t.outcome, p.outcome)
        from unnest(?::pawl_update_end_row[]) as t
        where p.run_id = t.id and p.update_id = t.update_id and get_bit((select bits from bad), t.w) = 0)""";

  private static final String NEW_REQUESTS = """
      ,
      remember as (
        insert into pawl_requests (namespace, workflow_id, request_id, digest, run_id, at)
        select t.namespace, t.workflow_id, t.request_id, t.digest, t.run_id, t.at
        from unnest(?::pawl_request_row[]) as t
        where get_bit((select bits from bad), t.w) = 0)""";

  private static final String RARE_ROWS = """
      ,
      note as (
        insert into pawl_transitions (run_id, at, commit_id, ord, namespace, step, epoch, what, cause, actor, reason)
        select t.id, t.at, (select commit_id from z), t.ord, t.namespace, t.step, t.epoch, t.what, t.cause, t.actor,
          t.reason
        from unnest(?::pawl_note_row[]) as t
        where get_bit((select bits from bad), t.w) = 0),
      late as (
        insert into pawl_late_reports (run_id, at, commit_id, ord, step, attempt, epoch, kind, body, why)
        select t.id, t.at, (select commit_id from z), t.ord, t.step, t.attempt, t.epoch, t.kind, t.body, t.why
        from unnest(?::pawl_late_report_row[]) as t
        where get_bit((select bits from bad), t.w) = 0
          and exists (select 1 from pawl_runs r where r.run_id = t.id for key share)),
      attributes as (
        insert into pawl_search_attributes (run_id, name, ord, namespace, kind, text_value, int_value, real_value)
        select t.id, t.name, t.ord, t.namespace, t.kind, t.text_value, t.int_value, t.real_value
        from unnest(?::pawl_attribute_row[]) as t
        where get_bit((select bits from bad), t.w) = 0)""";
  static final Records.Shape ADMIT_ROWS = new Records.Shape("pawl_new_update_row", 9);
  static final Records.Shape SETTLE_ROWS = new Records.Shape("pawl_update_end_row", 5);
  static final Records.Shape REMEMBER_ROWS = new Records.Shape("pawl_request_row", 7);
  static final Records.Shape NOTE_ROWS = new Records.Shape("pawl_note_row", 11);
  static final Records.Shape LATE_ROWS = new Records.Shape("pawl_late_report_row", 10);
  static final Records.Shape ATTRIBUTE_ROWS = new Records.Shape("pawl_attribute_row", 9);

  private static final String ANSWER = """

      select bits::text from bad""";
}
