package dev.pawl.engine.store.sql;

import java.util.List;

/** The invariants of jobs, by the ids of their contract. */
final class JobInvariants {
  private JobInvariants() {}

  private static final String OVER = "('SUCCEEDED', 'FAILED', 'DEAD_LETTERED', 'CANCELLED')";

  /** In the queue again, with a version that no node remembers: what it thinks it holds of it falls out. */
  private static final String REOPEN = """
      insert into pawl_open_jobs (job_id, namespace, type, priority, phase, version, epoch, visible_at, attempt, losses, \
      limit_key) select job_id, namespace, type, priority, 'READY', \
      (select coalesce(max(l.version), 0) + 1000 from pawl_job_ledger l where l.job_id = j.job_id), \
      (select count(*) from pawl_job_ledger l where l.job_id = j.job_id and l.ord = 0 and l.end_kind is not null), \
      due_at, 1, 0, limit_key from pawl_jobs j where job_id = '{id}'""";

  static final List<Invariant> OF_OPEN = List.of(
      new Invariant("I1", """
          select o.namespace, o.job_id, o.phase from pawl_open_jobs o
          where o.phase not in ('SCHEDULED', 'READY', 'AWAITING', 'HELD') and {range}""",
          "it is open, and its phase is %s",
          "none: the next node that reads it sets it apart as a dead letter (HISTORY_CORRUPT)"),
      new Invariant("I1", """
          select o.namespace, o.job_id, o.type from pawl_open_jobs o
          where not exists (select 1 from pawl_jobs j where j.job_id = o.job_id) and {range}""",
          "it is open (%s), and what was submitted is gone",
          "bring its row of pawl_jobs back from a backup, or delete from pawl_open_jobs where job_id = '{id}'"),
      new Invariant("I1", """
          select o.namespace, o.job_id, j.type from pawl_open_jobs o, pawl_jobs j
          where j.job_id = o.job_id and (j.namespace <> o.namespace or j.type <> o.type) and {range}""",
          "it was submitted as %s, and waits as something else",
          "update pawl_open_jobs set namespace = (select j.namespace from pawl_jobs j where j.job_id = '{id}'), "
              + "type = (select j.type from pawl_jobs j where j.job_id = '{id}') where job_id = '{id}'"),
      new Invariant("I3", """
          select o.namespace, o.job_id, o.phase from pawl_open_jobs o, pawl_jobs j
          where j.job_id = o.job_id and {range} and ((o.phase = 'HELD' and o.visible_at > {now} + 2595600000000)
            or (o.phase <> 'HELD' and o.visible_at > {now} + 86400000000 and o.visible_at > j.due_at))""",
          "it is %s, and nobody looks at it for longer than anything may wait",
          "FORCE_DEAD_LETTER and REDRIVE it: then it is due at once"),
      new Invariant("I4", """
          select o.namespace, o.job_id, o.phase from pawl_open_jobs o
          where ((o.session is not null and o.visible_at < {now} - {bound})
            or (o.phase = 'HELD' and o.visible_at < {now} - {bound}) or o.look_at < {now} - {bound}) and {range}""",
          "it is %s, and something was due about it for longer than the recovery bound",
          "look whether any node does its duties (logs, pawl_sessions); if one does, FORCE_REVOKE or RELEASE it"),
      new Invariant("I5", """
          select o.namespace, o.job_id, o.phase from pawl_open_jobs o
          where o.session is not null and o.phase not in ('READY', 'AWAITING') and {range}""",
          "it is %s, and leased",
          "update pawl_open_jobs set session = null, granted_at = null where job_id = '{id}'"),
      new Invariant("I5", """
          select o.namespace, o.job_id, o.phase from pawl_open_jobs o
          where ((o.session is null and o.granted_at is not null) or (o.session is not null and o.granted_at is null))
            and {range}""",
          "it is %s, and has half a lease",
          "update pawl_open_jobs set session = null, granted_at = null, visible_at = 0 where job_id = '{id}'"),
      new Invariant("I6", """
          select o.namespace, o.job_id, l.to_phase from pawl_open_jobs o, pawl_job_ledger l
          where l.job_id = o.job_id and l.ord = 0 and l.version >= o.version and l.to_phase in %s and {range}"""
              .formatted(OVER),
          "it is open, and its ledger says that it was over (%s)",
          "delete from pawl_open_jobs where job_id = '{id}'"),
      new Invariant("I6", """
          select o.namespace, o.job_id, d.cause from pawl_open_jobs o, pawl_dead_letters d
          where d.job_id = o.job_id and {range}""",
          "it is open, and a dead letter (%s)",
          "delete from pawl_dead_letters where job_id = '{id}'"),
      new Invariant("I7", """
          select o.namespace, o.job_id, o.epoch from pawl_open_jobs o
          where {range} and o.epoch <> case when o.session is null then 0 else 1 end
            + (select count(*) from pawl_job_ledger l where l.job_id = o.job_id and l.ord = 0 and l.end_kind is not null)
            and not exists (select 1 from pawl_job_ledger l where l.job_id = o.job_id and l.ord = 0
              and l.version > o.version)""",
          "it was granted %s times, and its ledger accounts for another number of ends",
          "compare its ledger with a backup, and run 'pawl audit verify'; the job itself can go on"),
      new Invariant("I9", """
          select o.namespace, o.job_id, l.to_phase from pawl_open_jobs o, pawl_job_ledger l
          where l.job_id = o.job_id and l.ord = 0 and {range} and l.to_phase not in %s and l.to_phase <> o.phase
            and l.version = (select max(m.version) from pawl_job_ledger m where m.job_id = o.job_id and m.ord = 0)"""
              .formatted(OVER),
          "the last line of its ledger led to %s, its row says something else",
          "find out who wrote to pawl_open_jobs; then update pawl_open_jobs set phase as the ledger says "
              + "where job_id = '{id}'"),
      new Invariant("I9", """
          select o.namespace, o.job_id, l.event from pawl_open_jobs o, pawl_job_ledger l
          where l.job_id = o.job_id and l.ord = 0 and l.version > o.version and l.to_phase not in %s and {range}"""
              .formatted(OVER),
          "its ledger (%s) is ahead of its row",
          "the row is older than the ledger: bring both from one backup, or FORCE_DEAD_LETTER and REDRIVE it"));

  static final List<Invariant> OF_SUBMITTED = List.of(
      new Invariant("I6", """
          select j.namespace, j.job_id, j.type from pawl_jobs j
          where {range} and not exists (select 1 from pawl_open_jobs o where o.job_id = j.job_id)
            and not exists (select 1 from pawl_job_ledger l where l.job_id = j.job_id and l.ord = 0 and l.to_phase in %s)"""
              .formatted(OVER),
          "it (%s) is neither open nor over: nobody will ever do it", REOPEN),
      new Invariant("I9", """
          select j.namespace, j.job_id, l.to_phase from pawl_jobs j, pawl_job_ledger l
          where {range} and l.job_id = j.job_id and l.ord = 0 and l.to_phase not in %s
            and l.version = (select max(m.version) from pawl_job_ledger m where m.job_id = j.job_id and m.ord = 0)
            and not exists (select 1 from pawl_open_jobs o where o.job_id = j.job_id)"""
              .formatted(OVER),
          "the last line of its ledger led to %s, and it is not among the open jobs", REOPEN),
      new Invariant("I6", """
          select j.namespace, j.job_id, l.cause from pawl_jobs j, pawl_job_ledger l
          where {range} and l.job_id = j.job_id and l.ord = 0 and l.to_phase = 'DEAD_LETTERED'
            and l.version = (select max(m.version) from pawl_job_ledger m where m.job_id = j.job_id and m.ord = 0)
            and not exists (select 1 from pawl_open_jobs o where o.job_id = j.job_id)
            and not exists (select 1 from pawl_dead_letters d where d.job_id = j.job_id)""",
          "it died (%s), and is not among the dead letters",
          "insert into pawl_dead_letters (job_id, namespace, type, cause, at) select j.job_id, j.namespace, j.type, "
              + "l.cause, l.at from pawl_jobs j, pawl_job_ledger l where j.job_id = '{id}' and l.job_id = j.job_id "
              + "and l.ord = 0 and l.version = (select max(m.version) from pawl_job_ledger m where m.job_id = j.job_id "
              + "and m.ord = 0)"));

  static final List<Invariant> OF_LETTERS = List.of(
      new Invariant("I6", """
          select d.namespace, d.job_id, d.cause from pawl_dead_letters d
          where not exists (select 1 from pawl_jobs j where j.job_id = d.job_id) and {range}""",
          "there is a dead letter (%s), and no job",
          "delete from pawl_dead_letters where job_id = '{id}'"),
      new Invariant("I6", """
          select d.namespace, d.job_id, l.to_phase from pawl_dead_letters d, pawl_job_ledger l
          where l.job_id = d.job_id and l.ord = 0 and l.to_phase <> 'DEAD_LETTERED' and {range}
            and l.version = (select max(m.version) from pawl_job_ledger m where m.job_id = d.job_id and m.ord = 0)
            and not exists (select 1 from pawl_open_jobs o where o.job_id = d.job_id)""",
          "there is a dead letter, and the last line of its ledger led to %s",
          "delete from pawl_dead_letters where job_id = '{id}'"));

  static final List<Invariant> OF_BATCHES = List.of(
      new Invariant("I4", """
          select b.namespace, b.batch_id, b.callback from pawl_job_batches b
          where b.closed_at < {now} - {bound} and b.callback_job is null
            and not exists (select 1 from pawl_batch_jobs m, pawl_open_jobs o where m.namespace = b.namespace
              and m.batch_id = b.batch_id and o.job_id = m.job_id)""",
          "all of its jobs were over long ago, and its callback (%s) was not born",
          "look whether any node does its duties; its callback is born by the next tick of one"));
}
