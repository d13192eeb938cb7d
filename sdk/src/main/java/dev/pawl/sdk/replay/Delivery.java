package dev.pawl.sdk.replay;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.worker.WorkerApi;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The order in which a run is shown its history; the heart of determinism. See {@code package-info}: events from outside
 * are shown where {@code seen} says, events of the worker are matched where they are, and a group of those that were
 * written by one report ends before anything else goes on.
 */
final class Delivery {
  private final RunRuntime run;
  private final ArrayDeque<Event> outside = new ArrayDeque<>();
  private final ArrayDeque<Event> written = new ArrayDeque<>();
  private long lastKnown;
  private @Nullable Event groupEnd;
  private long groupBytes;

  private Instant now = Instant.EPOCH;
  private long length;
  private long bytes;

  Delivery(RunRuntime run) {
    this.run = run;
  }

  // ---- what becomes known

  /** A history from its beginning. */
  void load(List<Event> history) {
    for (Event event : history) {
      checkOrder(event);
      (event.seen() > 0 ? written : outside).add(event);
    }
  }

  /** News for a run that stands at the end of what it knew. @return false if this is not what comes next */
  boolean arrived(List<Event> news) {
    List<Event> fresh = news.stream().filter(event -> event.seq() > lastKnown).toList();
    if (fresh.stream().anyMatch(event -> event.seen() > 0)) return false;
    if (!fresh.isEmpty() && fresh.get(0).seq() != lastKnown + 1) return false;
    for (Event event : fresh) {
      checkOrder(event);
      outside.add(event);
    }
    return true;
  }

  /** The report landed: what it wrote was shown before, what came from outside meanwhile is shown next. */
  void landed(WorkerApi.ReportAck ack, Link link) {
    List<Event> news = Stream.concat(ack.own().stream(), ack.newcomers().stream())
        .filter(event -> event.seq() > lastKnown)
        .sorted(Comparator.comparingLong(Event::seq))
        .toList();
    if (!news.isEmpty() && news.get(news.size() - 1).seq() - lastKnown != news.size()) news = link.events(lastKnown);
    Event end = null;
    for (Event event : news) {
      checkOrder(event);
      if (event.seen() > 0) {
        end = event;
        bytes += size(event.fact());
      } else {
        outside.add(event);
      }
    }
    if (end != null) passed(end);
  }

  private void checkOrder(Event event) {
    if (event.seq() != lastKnown + 1) {
      throw new IllegalStateException("event %d follows event %d".formatted(event.seq(), lastKnown));
    }
    lastKnown = event.seq();
  }

  // ---- showing

  /** Shows or matches one event, or ends one group. @return false if there was nothing left */
  boolean step() {
    Event next = written.peek();
    if (groupEnd != null && (next == null || next.seen() != groupEnd.seen())) {
      endGroup(groupEnd);
      return true;
    }
    Event news = outside.peek();
    if (news != null && (next == null || news.seq() <= next.seen())) {
      outside.remove();
      bytes += size(news.fact());
      passed(news);
      run.show(news.fact());
      return true;
    }
    if (next == null) return false;
    written.remove();
    groupEnd = next;
    groupBytes += size(next.fact());
    run.match(next);
    return true;
  }

  /** Everything that the program had asked for by then went with that report. */
  private void endGroup(Event end) {
    run.outbox().forgetUnrecorded();
    Command left = run.outbox().first();
    if (left != null) throw run.broken(run.unrecorded(left, end.seq()));
    groupEnd = null;
    bytes += groupBytes;
    groupBytes = 0;
    passed(end);
  }

  private void passed(Event event) {
    if (event.at().isAfter(now)) now = event.at();
    length = Math.max(length, event.seq());
  }

  // ---- where it stands

  boolean replaying() {
    return !written.isEmpty() || groupEnd != null;
  }

  /** The number of the last event up to which everything was shown. */
  long seen() {
    Event next = outside.peek();
    return next == null ? lastKnown : next.seq() - 1;
  }

  long lastKnown() {
    return lastKnown;
  }

  Instant now() {
    return now;
  }

  long length() {
    return length;
  }

  long bytes() {
    return bytes;
  }

  private static long size(RunEvent fact) {
    Payload payload = switch (fact) {
      case RunEvent.WorkflowStarted e -> e.input();
      case RunEvent.StepCompleted e -> e.result();
      case RunEvent.ActivityScheduled e -> e.input();
      case RunEvent.ActivityCompleted e -> e.result();
      case RunEvent.SignalReceived e -> e.input();
      case RunEvent.UpdateAccepted e -> e.input();
      case RunEvent.ChildWorkflowScheduled e -> e.input();
      case RunEvent.ChildRunCompleted e -> e.result();
      case RunEvent.SideEffectRecorded e -> e.result();
      default -> null;
    };
    return 120 + (payload == null ? 0 : payload.size());
  }

  /** The events that are known and were not shown; for messages. */
  List<Event> rest() {
    return new ArrayList<>(written);
  }
}
