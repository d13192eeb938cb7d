package dev.pawl.engine.metrics;

import dev.pawl.core.value.Rejection;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** Counts since the engine was opened; {@link #snapshot()} reads them. */
public final class CountedMetrics implements EngineMetrics {
  private final LongAdder groups = new LongAdder();
  private final LongAdder requests = new LongAdder();
  private final LongAdder writes = new LongAdder();
  private final LongAdder conflicts = new LongAdder();
  private final LongAdder eager = new LongAdder();
  private final LongAdder claimed = new LongAdder();
  private final LongAdder delivered = new LongAdder();
  private final LongAccumulator latest = new LongAccumulator(Math::max, 0);
  private final LongAdder revoked = new LongAdder();
  private final LongAdder sessionsLost = new LongAdder();
  private final LongAdder pruned = new LongAdder();
  private final LongAdder orphans = new LongAdder();
  private final LongAdder damages = new LongAdder();
  private final LongAdder dutyFailures = new LongAdder();
  private final LongAdder clockJumps = new LongAdder();
  private final LongAdder scheduleStarts = new LongAdder();
  private final Map<String, LongAdder> scheduleSkips = new ConcurrentHashMap<>();
  private final Map<Rejection.Code, LongAdder> rejections = new ConcurrentHashMap<>();
  private final EngineMetrics also;

  /** @param also told of everything too */
  public CountedMetrics(EngineMetrics also) {
    this.also = also;
  }

  /**
   * @param groups transactions of the lanes
   * @param requests decided in them
   * @param eager tasks granted in the commit that made them ready
   * @param claimed tasks granted to a poll that looked for them
   * @param orphans findings of the verifier; never anything but 0
   * @param damages rows that break an invariant; never anything but 0
   * @param clockJumps of the clock that counts, by a second or more
   * @param latestMail largest delay of a mail so far
   * @param scheduleSkips fires of schedules that were left out, or ranges of them, by reason
   */
  public record Snapshot(
      long groups, long requests, long writes, long conflicts, long eager, long claimed, long delivered,
      Duration latestMail, long revoked, long sessionsLost, long pruned, long orphans, long damages,
      long dutyFailures, long clockJumps, long scheduleStarts, Map<String, Long> scheduleSkips, Map<Rejection.Code, Long> rejections) {}

  public Snapshot snapshot() {
    Map<Rejection.Code, Long> codes = new EnumMap<>(Rejection.Code.class);
    rejections.forEach((code, count) -> codes.put(code, count.sum()));
    Map<String, Long> skips = new TreeMap<>();
    scheduleSkips.forEach((reason, count) -> skips.put(reason, count.sum()));
    return new Snapshot(groups.sum(), requests.sum(), writes.sum(), conflicts.sum(), eager.sum(), claimed.sum(),
        delivered.sum(), Duration.ofNanos(latest.get()), revoked.sum(), sessionsLost.sum(), pruned.sum(),
        orphans.sum(), damages.sum(), dutyFailures.sum(), clockJumps.sum(), scheduleStarts.sum(), skips, codes);
  }

  @Override
  public void group(int lane, int decided, int changed, Duration took) {
    groups.increment();
    requests.add(decided);
    writes.add(changed);
    also.group(lane, decided, changed, took);
  }

  @Override
  public void conflicts(int count) {
    conflicts.add(count);
    also.conflicts(count);
  }

  @Override
  public void rejected(Rejection.Code code) {
    rejections.computeIfAbsent(code, c -> new LongAdder()).increment();
    also.rejected(code);
  }

  @Override
  public void granted(boolean activity, boolean atOnce, int tasks) {
    (atOnce ? eager : claimed).add(tasks);
    also.granted(activity, atOnce, tasks);
  }

  @Override
  public void delivered(Duration late) {
    delivered.increment();
    latest.accumulate(late.toNanos());
    also.delivered(late);
  }

  @Override
  public void revoked(String cause, int leases) {
    revoked.add(leases);
    also.revoked(cause, leases);
  }

  @Override
  public void sessionsLost(int sessions) {
    sessionsLost.add(sessions);
    also.sessionsLost(sessions);
  }

  @Override
  public void pruned(int runs) {
    pruned.add(runs);
    also.pruned(runs);
  }

  @Override
  public void scheduleStarted(int fires) {
    scheduleStarts.add(fires);
    also.scheduleStarted(fires);
  }

  @Override
  public void scheduleSkipped(String reason) {
    scheduleSkips.computeIfAbsent(reason, r -> new LongAdder()).increment();
    also.scheduleSkipped(reason);
  }

  @Override
  public void orphans(int runs) {
    orphans.add(runs);
    also.orphans(runs);
  }

  @Override
  public void damaged(int rows) {
    damages.add(rows);
    also.damaged(rows);
  }

  @Override
  public void clockJumped(Duration by) {
    clockJumps.increment();
    also.clockJumped(by);
  }

  @Override
  public void dutyFailed(String duty) {
    dutyFailures.increment();
    also.dutyFailed(duty);
  }
}
