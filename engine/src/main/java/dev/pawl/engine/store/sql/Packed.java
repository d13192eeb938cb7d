package dev.pawl.engine.store.sql;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunTransition;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.json.EventJson;
import dev.pawl.protocol.json.RunStateJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One write, turned into rows and guards. Several effects on one key are folded into one, so that no key is inserted
 * and deleted by one statement.
 */
final class Packed implements Commits.Sent {
  /** A run row to be written, with its new events. */
  static final class RunSheet {
    final Run run;
    final List<Line> events;
    final String state;
    final int bytes;
    final boolean attributesChanged;
    /** Of the history with the new events; known when the hash before is. */
    byte[] hash = HistoryHash.START;
    /** Whether the row, as it lies there, has the same lease and status: no index is concerned. */
    boolean withinLease;

    RunSheet(Run run, List<Event> events) {
      this.run = run;
      this.events = new ArrayList<>(events.size());
      int sum = 0;
      boolean attributes = false;
      for (Event event : events) {
        Line line = new Line(event);
        sum += line.utf8.length;
        attributes |= event.fact() instanceof RunEvent.SearchAttributesUpserted
            || (event.fact() instanceof RunEvent.WorkflowStarted s && !s.options().searchAttributes().isEmpty());
        this.events.add(line);
      }
      bytes = sum;
      attributesChanged = attributes;
      state = RunStateJson.moving(run.state());
    }

    void chain(byte[] before) {
      byte[] link = before;
      for (Line line : events) link = line.link(link);
      hash = link;
    }

    RunId id() {
      return run.id();
    }
  }

  /** An event as it is stored. */
  static final class Line {
    final long seq;
    final long at;
    final long seen;
    final String type;
    final String data;
    final byte[] utf8;

    Line(Event event) {
      seq = event.seq();
      at = Micros.of(event.at());
      seen = event.seen();
      type = event.fact().type();
      data = EventJson.write(event.fact());
      utf8 = data.getBytes(StandardCharsets.UTF_8);
    }

    byte[] link(byte[] previous) {
      return HistoryHash.next(previous, seq, at, seen, type, utf8);
    }
  }

  sealed interface TaskPart {
    record Open(ActivityTask task) implements TaskPart {}

    record Change(ActivityTask task, long expectedEpoch) implements TaskPart {}

    record Close(@Nullable Long expectedEpoch) implements TaskPart {}
  }

  /**
   * @param guarded whether the mail must be there
   * @param removed whether the mail that is there goes
   * @param posted what lies there afterwards
   */
  record MailPart(boolean guarded, boolean removed, @Nullable Mail posted) {}

  /** @param admitted the whole row, if it is new; then phase and outcome are in it */
  record UpdatePart(
      Effect.@Nullable Update admitted, Effect.UpdatePhase phase, dev.pawl.core.value.@Nullable Outcome outcome) {}

  record UpdateKey(RunId run, String id) {}

  private final int index;
  final long expectedVersion;
  final @Nullable RunSheet changed;
  final List<RunSheet> born = new ArrayList<>(1);
  final List<Effect.PointChain> chains = new ArrayList<>(1);
  final Map<TaskId, TaskPart> tasks = new LinkedHashMap<>(4);
  final Map<Mail.Key, MailPart> mails = new LinkedHashMap<>(4);
  final Map<UpdateKey, UpdatePart> updates = new LinkedHashMap<>(2);
  final List<Effect.RejectAdmitted> rejections = new ArrayList<>(0);
  final List<Effect.Remembered> remembered = new ArrayList<>(0);
  final List<Effect.Note> notes = new ArrayList<>(0);
  final List<Effect.KeepLateReport> lateReports = new ArrayList<>(0);
  final List<RunTransition> audits = new ArrayList<>(0);
  private final int bytes;

  Packed(int index, Store.Write write) {
    this.index = index;
    expectedVersion = write.expectedVersion();
    Run run = write.run();
    if (run == null) {
      if (!write.events().isEmpty()) throw new IllegalArgumentException("expected no events without a run");
      changed = null;
    } else if (expectedVersion == 0) {
      born.add(new RunSheet(run, write.events()));
      changed = null;
    } else {
      changed = new RunSheet(run, write.events());
    }
    for (Effect effect : write.effects()) add(effect);
    int sum = changed == null ? 0 : changed.bytes + changed.state.length();
    for (RunSheet sheet : born) sum += 2 * sheet.bytes + sheet.state.length();
    bytes = sum;
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public int bytes() {
    return bytes;
  }

  /** All run rows of this write. */
  List<RunSheet> sheets() {
    if (changed == null) return born;
    List<RunSheet> all = new ArrayList<>(born.size() + 1);
    all.add(changed);
    all.addAll(born);
    return all;
  }

  private void add(Effect effect) {
    switch (effect) {
      case Effect.OpenTask e -> tasks.merge(e.task().id(), new TaskPart.Open(e.task()), Packed::then);
      case Effect.ChangeTask e ->
          tasks.merge(e.task().id(), new TaskPart.Change(e.task(), e.expectedEpoch()), Packed::then);
      case Effect.CloseTask e -> {
        TaskPart before = tasks.get(e.id());
        if (before instanceof TaskPart.Open) tasks.remove(e.id());
        else tasks.merge(e.id(), new TaskPart.Close(e.expectedEpoch()), Packed::then);
      }
      case Effect.Post e -> mail(e.mail().key(), new MailPart(false, false, e.mail()));
      case Effect.Unpost e -> mail(e.key(), new MailPart(false, true, null));
      case Effect.Take e -> mail(e.key(), new MailPart(true, true, null));
      case Effect.BearRun e -> born.add(new RunSheet(e.run(), e.events()));
      case Effect.PointChain e -> chains.add(e);
      case Effect.Remember e -> remembered.add(e.what());
      case Effect.AdmitUpdate e -> {
        Effect.Update u = e.update();
        updates.put(new UpdateKey(u.run(), u.updateId()), new UpdatePart(u, u.phase(), u.outcome()));
      }
      case Effect.SettleUpdate e -> {
        UpdateKey key = new UpdateKey(e.run(), e.updateId());
        UpdatePart before = updates.get(key);
        updates.put(key, new UpdatePart(before == null ? null : before.admitted(), e.phase(),
            e.outcome() == null && before != null ? before.outcome() : e.outcome()));
      }
      case Effect.RejectAdmitted e -> rejections.add(e);
      case Effect.Note e -> notes.add(e);
      case Effect.KeepLateReport e -> lateReports.add(e);
      case Effect.Audit e -> audits.add(e.line());
    }
  }

  private static TaskPart then(TaskPart before, TaskPart after) {
    return switch (before) {
      case TaskPart.Open open -> switch (after) {
        case TaskPart.Change c -> new TaskPart.Open(c.task());
        default -> throw new IllegalArgumentException("task opened twice: " + open.task().id());
      };
      case TaskPart.Change first -> switch (after) {
        case TaskPart.Change c -> new TaskPart.Change(c.task(), first.expectedEpoch());
        case TaskPart.Close c -> new TaskPart.Close(first.expectedEpoch());
        case TaskPart.Open o -> throw new IllegalArgumentException("task opened while open: " + o.task().id());
      };
      case TaskPart.Close first -> switch (after) {
        case TaskPart.Close c -> first.expectedEpoch() == null ? c : first;
        default -> throw new IllegalArgumentException("task used after its end: " + after);
      };
    };
  }

  private void mail(Mail.Key key, MailPart part) {
    MailPart before = mails.get(key);
    if (before == null) {
      mails.put(key, part);
    } else if (part.posted() != null) {
      mails.put(key, new MailPart(before.guarded(), before.removed(), part.posted()));
    } else {
      // What was posted in this very write is gone again; what was there before goes, too.
      boolean postedHere = before.posted() != null;
      mails.put(key, new MailPart(before.guarded() || (part.guarded() && !postedHere), true, null));
    }
  }
}
