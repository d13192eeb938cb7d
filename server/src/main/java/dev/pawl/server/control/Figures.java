package dev.pawl.server.control;

import dev.pawl.engine.hint.HintExchange;
import dev.pawl.engine.metrics.CountedMetrics;
import java.util.LinkedHashMap;
import java.util.Map;

/** The engine's counters by name. No id of a run or a workflow is ever part of one. */
final class Figures {
  private Figures() {}

  static Map<String, Long> of(CountedMetrics.Snapshot s, HintExchange.Figures hints) {
    Map<String, Long> figures = new LinkedHashMap<>();
    figures.put("commit_groups_total", s.groups());
    figures.put("requests_decided_total", s.requests());
    figures.put("writes_total", s.writes());
    figures.put("conflicts_total", s.conflicts());
    figures.put("tasks_granted_eagerly_total", s.eager());
    figures.put("tasks_claimed_total", s.claimed());
    figures.put("mails_delivered_total", s.delivered());
    figures.put("leases_revoked_total", s.revoked());
    figures.put("sessions_lost_total", s.sessionsLost());
    figures.put("runs_pruned_total", s.pruned());
    figures.put("orphans_total", s.orphans());
    figures.put("damages_total", s.damages());
    figures.put("duty_failures_total", s.dutyFailures());
    figures.put("hints_told_total", hints.told());
    figures.put("hints_heard_total", hints.heard());
    figures.put("schedule_starts_total", s.scheduleStarts());
    s.scheduleSkips().forEach((reason, count) -> figures.put("schedule_skips_" + reason + "_total", count));
    s.rejections().forEach((code, count) -> figures.put("rejections_" + code.wire() + "_total", count));
    return figures;
  }
}
