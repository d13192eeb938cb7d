package dev.pawl.engine.store.sql;

import java.util.EnumSet;
import java.util.Set;

/**
 * The one statement that commits a group on PostgreSQL, put together from the parts that the group needs. Rows come as
 * arrays; {@code w} is the place of a row's write in the group.
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
  enum Part {
    /** Runs that change. Guarded by their version in the update itself. */
    CHANGED,
    /** Runs that change, in a group whose writes have other guards as well. */
    CHANGED_LOCKED,
    /** Runs that are born, and chains that are. */
    BORN,
    /** Chains that move on. */
    MOVED,
    TASKS,
    MAILS,
    /** Updates, request ids, ledger, late reports, search attributes of new runs. */
    REST
  }

  private PostgresStatement() {}

  /** Parts in the order of their parameters. */
  static String of(Set<Part> parts) {
    StringBuilder sql = new StringBuilder(GROUP);
    boolean direct = parts.contains(Part.CHANGED);
    if (direct) sql.append(UPDATE_DIRECT);
    Set<Part> guarded = EnumSet.copyOf(parts);
    guarded.removeAll(EnumSet.of(Part.CHANGED, Part.REST));
    sql.append(BAD_OPEN);
    if (direct) sql.append(BAD_NOT_UPDATED);
    if (!guarded.isEmpty()) {
      sql.append(BAD_GUARDS_OPEN);
      String and = "";
      for (Part part : guarded) {
        sql.append(and).append(switch (part) {
          case CHANGED_LOCKED -> GUARD_VERSIONS;
          case BORN -> GUARD_BORN;
          case MOVED -> GUARD_CHAINS;
          case TASKS -> GUARD_TASKS;
          case MAILS -> GUARD_MAILS;
          case CHANGED, REST -> throw new IllegalStateException(part + " has no guards of its own");
        });
        and = "\n    union all ";
      }
      sql.append(BAD_GUARDS_CLOSE);
    }
    sql.append(BAD_CLOSE);
    if (parts.contains(Part.CHANGED_LOCKED)) sql.append(UPDATE_LOCKED);
    if (parts.contains(Part.BORN)) sql.append(BIRTHS);
    if (direct || parts.contains(Part.CHANGED_LOCKED) || parts.contains(Part.BORN)) sql.append(EVENTS);
    if (parts.contains(Part.MOVED)) sql.append(MOVES);
    if (parts.contains(Part.TASKS)) sql.append(TASKS);
    if (parts.contains(Part.MAILS)) sql.append(MAILS);
    if (parts.contains(Part.REST)) sql.append(REST);
    return sql.append(ANSWER).toString();
  }

  private static final String GROUP = """
      with z as materialized (select ?::varbit as none, ?::varbit as changed, ?::bigint as commit_id)""";

  private static final String SET_RUN = """
        update pawl_runs r set status = t.status, paused = coalesce(t.paused, 0), version = t.version, phase = t.phase,
          epoch = t.epoch,
          session = t.session, since = t.since, visible_at = t.visible_at, seen = t.seen, sticky = t.sticky,
          report = t.report, report_seq = t.report_seq, losses = coalesce(t.losses, 0),
          failures = coalesce(t.failures, 0), admitted = coalesce(t.admitted, 0), reason = t.reason,
            closed_at = t.closed_at, last_seq = t.last_seq,
          history_bytes = r.history_bytes + t.bytes, history_hash = t.hash, commit_id = (select commit_id from z),
          state = t.state
        from unnest(?::int[], ?::uuid[], ?::bigint[], ?::text[], ?::int[], ?::bigint[], ?::text[], ?::bigint[],
          ?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[], ?::uuid[], ?::int[], ?::bigint[], ?::int[], ?::int[],
            ?::int[],
          ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bytea[], ?::text[])
          as t(w, id, expected, status, paused, version, phase, epoch, session, since, visible_at, seen, sticky, report,
            report_seq, losses, failures, admitted, reason, closed_at, last_seq, bytes, hash, state)
      """;
  static final String CHANGED_COLUMNS = "iuntintnunnnuiniiitnnnbt";

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
      select t.w from unnest(?::int[], ?::uuid[], ?::bigint[]) as t(w, id, expected)
            where not exists (select 1 from pawl_runs r where r.run_id = t.id and r.version = t.expected for update)""";
  static final String VERSION_COLUMNS = "iun";

  // "offset 0" keeps the planner from turning the look-up into a join.
  private static final String GUARD_BORN = """
      select t.w from unnest(?::int[], ?::uuid[]) as t(w, id)
            where exists (select 1 from pawl_runs r where r.run_id = t.id offset 0)
          union all select t.w from unnest(?::int[], ?::text[], ?::text[]) as t(w, namespace, workflow_id)
            where exists (select 1 from pawl_chains c
              where c.namespace = t.namespace and c.workflow_id = t.workflow_id offset 0)""";
  static final String BORN_KEY_COLUMNS = "iu";
  static final String CHAIN_KEY_COLUMNS = "itt";

  private static final String GUARD_CHAINS = """
      select t.w from unnest(?::int[], ?::text[], ?::text[], ?::uuid[]) as t(w, namespace, workflow_id, expected)
            where not exists (select 1 from pawl_chains c where c.namespace = t.namespace
              and c.workflow_id = t.workflow_id and c.run_id = t.expected for update)""";
  static final String CHAIN_GUARD_COLUMNS = "ittu";

  private static final String GUARD_TASKS = """
      select t.w from unnest(?::int[], ?::uuid[], ?::int[], ?::bigint[]) as t(w, id, step, epoch)
            where not exists (select 1 from pawl_tasks k
              where k.run_id = t.id and k.step = t.step and k.epoch = t.epoch for update)""";
  static final String TASK_GUARD_COLUMNS = "iuin";

  private static final String GUARD_MAILS = """
      select t.w from unnest(?::int[], ?::uuid[], ?::text[]) as t(w, owner, item)
            where not exists (select 1 from pawl_mailbox m where m.owner = t.owner and m.item = t.item for update)""";
  static final String MAIL_KEY_COLUMNS = "iut";

  private static final String BIRTHS = """
      ,
      b as (
        insert into pawl_runs (run_id, namespace, workflow_id, workflow_type, queue, priority, run_number, status,
          paused,
          version, phase, epoch, session, since, visible_at, seen, sticky, report, report_seq, losses, failures,
            admitted,
          reason, started_at, closed_at, last_seq, history_bytes, history_hash, commit_id, birth, state)
        select t.id, t.namespace, t.workflow_id, t.workflow_type, t.queue, t.priority, t.run_number, t.status,
          coalesce(t.paused, 0),
          t.version, t.phase, t.epoch, t.session, t.since, t.visible_at, t.seen, t.sticky, t.report, t.report_seq,
          coalesce(t.losses, 0), coalesce(t.failures, 0), coalesce(t.admitted, 0), t.reason, t.started_at,
            t.closed_at, t.last_seq, t.bytes, t.hash,
          (select commit_id from z), t.birth, t.state
        from unnest(?::int[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::int[], ?::text[],
          ?::int[], ?::bigint[], ?::text[], ?::bigint[], ?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[], ?::uuid[],
          ?::int[], ?::bigint[], ?::int[], ?::int[], ?::int[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[],
          ?::bigint[], ?::bytea[], ?::text[], ?::text[])
          as t(w, id, namespace, workflow_id, workflow_type, queue, priority, run_number, status, paused, version,
            phase,
            epoch, session, since, visible_at, seen, sticky, report, report_seq, losses, failures, admitted, reason,
            started_at, closed_at, last_seq, bytes, hash, birth, state)
        where get_bit((select bits from bad), t.w) = 0),
      c as (
        insert into pawl_chains (namespace, workflow_id, run_id, run_number)
        select t.namespace, t.workflow_id, t.run_id, t.run_number
        from unnest(?::int[], ?::text[], ?::text[], ?::uuid[], ?::int[]) as t(w, namespace, workflow_id, run_id,
          run_number)
        where get_bit((select bits from bad), t.w) = 0)""";
  static final String BORN_COLUMNS = "iuttttiitintnunnnuiniiitnnnnbtt";
  static final String CHAIN_COLUMNS = "ittui";

  private static final String EVENTS = """
      ,
      e as (
        insert into pawl_events (run_id, seq, type, at, seen, commit_id, data)
        select t.id, t.seq, t.type, t.at, t.seen, (select commit_id from z), t.data
        from unnest(?::int[], ?::uuid[], ?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::text[])
          as t(w, id, seq, type, at, seen, data)
        where get_bit((select bits from bad), t.w) = 0)""";
  static final String EVENT_COLUMNS = "iuntnnt";

  private static final String MOVES = """
      ,
      m as (
        update pawl_chains c set run_id = t.run_id, run_number = t.run_number
        from unnest(?::int[], ?::text[], ?::text[], ?::uuid[], ?::int[]) as t(w, namespace, workflow_id, run_id,
          run_number)
        where c.namespace = t.namespace and c.workflow_id = t.workflow_id and get_bit((select bits from bad),
          t.w) = 0)""";

  private static final String TASKS = """
      ,
      task_close as (
        delete from pawl_tasks k using unnest(?::int[], ?::uuid[], ?::int[]) as t(w, id, step)
        where k.run_id = t.id and k.step = t.step and get_bit((select bits from bad), t.w) = 0),
      task_change as (
        update pawl_tasks k set phase = t.phase, attempt = t.attempt, losses = coalesce(t.losses, 0), epoch = t.epoch,
          session = t.session,
          visible_at = t.visible_at, leased_at = t.leased_at, heartbeat_at = t.heartbeat_at,
            deadline_at = t.deadline_at,
          cancel_requested = coalesce(t.cancel_requested, 0), ambiguous = coalesce(t.ambiguous, 0), details = t.details,
          last_failure = t.last_failure
        from unnest(?::int[], ?::uuid[], ?::int[], ?::text[], ?::int[], ?::int[], ?::bigint[], ?::uuid[], ?::bigint[],
          ?::bigint[], ?::bigint[], ?::bigint[], ?::int[], ?::int[], ?::text[], ?::text[])
          as t(w, id, step, phase, attempt, losses, epoch, session, visible_at, leased_at, heartbeat_at, deadline_at,
            cancel_requested, ambiguous, details, last_failure)
        where k.run_id = t.id and k.step = t.step and get_bit((select bits from bad), t.w) = 0),
      task_open as (
        insert into pawl_tasks (run_id, step, phase, attempt, losses, epoch, session, visible_at, leased_at,
          heartbeat_at,
          deadline_at, cancel_requested, ambiguous, details, last_failure, namespace, workflow_id, workflow_type, queue,
          activity_type, priority, scheduled_at, data)
        select t.id, t.step, t.phase, t.attempt, coalesce(t.losses, 0), t.epoch, t.session, t.visible_at, t.leased_at,
          t.heartbeat_at,
          t.deadline_at, coalesce(t.cancel_requested, 0), coalesce(t.ambiguous, 0), t.details, t.last_failure,
            t.namespace, t.workflow_id,
          t.workflow_type, t.queue, t.activity_type, t.priority, t.scheduled_at, t.data
        from unnest(?::int[], ?::uuid[], ?::int[], ?::text[], ?::int[], ?::int[], ?::bigint[], ?::uuid[], ?::bigint[],
          ?::bigint[], ?::bigint[], ?::bigint[], ?::int[], ?::int[], ?::text[], ?::text[], ?::text[], ?::text[],
            ?::text[],
          ?::text[], ?::text[], ?::int[], ?::bigint[], ?::text[])
          as t(w, id, step, phase, attempt, losses, epoch, session, visible_at, leased_at, heartbeat_at, deadline_at,
            cancel_requested, ambiguous, details, last_failure, namespace, workflow_id, workflow_type, queue,
            activity_type, priority, scheduled_at, data)
        where get_bit((select bits from bad), t.w) = 0)""";
  static final String TASK_KEY_COLUMNS = "iui";
  static final String TASK_COLUMNS = "iuitiinunnnniitt";
  static final String OPEN_COLUMNS = TASK_COLUMNS + "tttttint";

  private static final String MAILS = """
      ,
      mail_take as (
        delete from pawl_mailbox m using unnest(?::int[], ?::uuid[], ?::text[]) as t(w, owner, item)
        where m.owner = t.owner and m.item = t.item and get_bit((select bits from bad), t.w) = 0),
      mail_post as (
        insert into pawl_mailbox (owner, item, due, kind, data)
        select t.owner, t.item, t.due, t.kind, t.data
        from unnest(?::int[], ?::uuid[], ?::text[], ?::bigint[], ?::text[], ?::text[]) as t(w, owner, item, due, kind,
          data)
        where get_bit((select bits from bad), t.w) = 0
        on conflict (owner, item) do update set due = excluded.due, kind = excluded.kind, data = excluded.data)""";
  static final String MAIL_COLUMNS = "iutntt";

  private static final String REST = """
      ,
      update_admit as (
        insert into pawl_updates (run_id, update_id, ord, name, phase, input, header, outcome)
        select t.id, t.update_id, t.ord, t.name, t.phase, t.input, t.header, t.outcome
        from unnest(?::int[], ?::uuid[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
          as t(w, id, update_id, ord, name, phase, input, header, outcome)
        where get_bit((select bits from bad), t.w) = 0),
      update_settle as (
        update pawl_updates p set phase = t.phase, outcome = coalesce(t.outcome, p.outcome)
        from unnest(?::int[], ?::uuid[], ?::text[], ?::text[], ?::text[]) as t(w, id, update_id, phase, outcome)
        where p.run_id = t.id and p.update_id = t.update_id and get_bit((select bits from bad), t.w) = 0),
      remember as (
        insert into pawl_requests (namespace, workflow_id, request_id, digest, run_id, at)
        select t.namespace, t.workflow_id, t.request_id, t.digest, t.run_id, t.at
        from unnest(?::int[], ?::text[], ?::text[], ?::text[], ?::text[], ?::uuid[], ?::bigint[])
          as t(w, namespace, workflow_id, request_id, digest, run_id, at)
        where get_bit((select bits from bad), t.w) = 0),
      note as (
        insert into pawl_transitions (run_id, at, commit_id, ord, namespace, step, epoch, what, cause, actor, reason)
        select t.id, t.at, (select commit_id from z), t.ord, t.namespace, t.step, t.epoch, t.what, t.cause, t.actor,
          t.reason
        from unnest(?::int[], ?::uuid[], ?::bigint[], ?::bigint[], ?::text[], ?::int[], ?::bigint[], ?::text[],
          ?::text[],
          ?::text[], ?::text[]) as t(w, id, at, ord, namespace, step, epoch, what, cause, actor, reason)
        where get_bit((select bits from bad), t.w) = 0),
      late as (
        insert into pawl_late_reports (run_id, at, commit_id, ord, step, attempt, epoch, kind, body, why)
        select t.id, t.at, (select commit_id from z), t.ord, t.step, t.attempt, t.epoch, t.kind, t.body, t.why
        from unnest(?::int[], ?::uuid[], ?::bigint[], ?::bigint[], ?::int[], ?::int[], ?::bigint[], ?::text[],
          ?::text[],
          ?::text[]) as t(w, id, at, ord, step, attempt, epoch, kind, body, why)
        where get_bit((select bits from bad), t.w) = 0),
      attributes as (
        insert into pawl_search_attributes (run_id, name, ord, namespace, kind, text_value, int_value, real_value)
        select t.id, t.name, t.ord, t.namespace, t.kind, t.text_value, t.int_value, t.real_value
        from unnest(?::int[], ?::uuid[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::bigint[],
          ?::double precision[]) as t(w, id, name, ord, namespace, kind, text_value, int_value, real_value)
        where get_bit((select bits from bad), t.w) = 0)""";
  static final String ADMIT_COLUMNS = "iutnttttt";
  static final String SETTLE_COLUMNS = "iuttt";
  static final String REMEMBER_COLUMNS = "ittttun";
  static final String NOTE_COLUMNS = "iunntintttt";
  static final String LATE_COLUMNS = "iunniinttt";
  static final String ATTRIBUTE_COLUMNS = "iutntttnr";

  private static final String ANSWER = """

      select bits::text from bad""";
}
