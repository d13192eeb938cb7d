package dev.pawl.engine.store.sql;

import java.util.List;

/** What can be asked about runs by rows alone; {@code engine.duty.Verify} asks the rules about their states. */
final class RunInvariants {
  private RunInvariants() {}

  static final List<Invariant> OF_RUNS = List.of(
      new Invariant("RUN", """
          select r.namespace, r.run_id, r.workflow_id from pawl_runs r
          where r.closed_at is null and {range} and not exists (select 1 from pawl_chains c
            where c.namespace = r.namespace and c.workflow_id = r.workflow_id and c.run_id = r.run_id)""",
          "it is open, and not the current run of workflow id %s",
          "terminate the one of both runs that has no business; nothing is repaired by itself"),
      new Invariant("RUN", """
          select r.namespace, r.run_id, r.last_seq from pawl_runs r
          where {range} and r.last_seq <> (select count(*) from pawl_events e where e.run_id = r.run_id)""",
          "its row counts %s events, its history has another number",
          "bring its events back from a backup; until then reset it to an event that is there, or terminate it"),
      new Invariant("RUN", """
          select r.namespace, r.run_id, r.phase from pawl_runs r, pawl_sessions s
          where {range} and r.phase = 'LEASED' and s.session_id = r.session and s.ended_as is not null
            and r.since < {now} - {bound} and s.last_seen < {now} - {bound}""",
          "it is %s by a worker that ended long ago",
          "look whether any node does its duties; the next tick of one takes it back"));

  static final List<Invariant> OF_TASKS = List.of(
      new Invariant("RUN", """
          select t.namespace, t.run_id, t.activity_type from pawl_tasks t
          where {range} and not exists (select 1 from pawl_runs r where r.run_id = t.run_id and r.closed_at is null)""",
          "it is over, and its activity %s still waits to be done",
          "delete from pawl_tasks where run_id = '{id}'"));

  static final List<Invariant> OF_MAILS = List.of(
      new Invariant("RUN", """
          select null, m.owner, m.kind from pawl_mailbox m
          where m.due < {now} - {bound} and m.kind <> 'DAMAGED'""",
          "its mail (%s) should have been delivered long ago",
          "look whether any node does its duties; the next tick of one delivers it"));
}
