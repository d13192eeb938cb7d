package dev.pawl.protocol.json;

import dev.pawl.core.schedule.BackfillSchedule;
import dev.pawl.core.schedule.CreateSchedule;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleFlaw;
import dev.pawl.core.schedule.ScheduleRefusedException;
import dev.pawl.core.schedule.UpdateSchedule;
import dev.pawl.protocol.schedule.ScheduleApi;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@link ScheduleApi} of an engine in another process. What would happen twice if it were said twice is said once: when
 * its answer gets lost, that is a {@link LostAnswerException}, and a look at the schedule tells.
 */
public final class RemoteSchedules implements ScheduleApi {
  private final Calling calls;

  public RemoteSchedules(Exchange exchange) {
    this.calls = new Calling(exchange);
  }

  private static Consumer<JsonText> about(String namespace, String id, Consumer<JsonText> more) {
    return out -> {
      out.text("namespace", namespace);
      out.text("scheduleId", id);
      more.accept(out);
    };
  }

  private Members again(String verb, Consumer<JsonText> body) {
    return checked(calls.ask("schedules/" + verb, body));
  }

  private Members once(String verb, Consumer<JsonText> body) {
    return checked(calls.once("schedules/" + verb, body));
  }

  private static Members checked(Members answer) {
    ScheduleFlaw flaw = ScheduleShapes.flaw(answer);
    if (flaw != null) throw new ScheduleRefusedException(flaw);
    return answer;
  }

  @Override
  public Schedule create(String namespace, CreateSchedule schedule) {
    return ScheduleShapes.schedule(once("create", about(namespace, schedule.id(), out -> {
      ScheduleJson.terms(out, schedule.terms());
      out.flag("paused", schedule.paused());
      out.text("note", schedule.note());
    })));
  }

  @Override
  public Schedule describe(String namespace, String id) {
    return ScheduleShapes.schedule(again("describe", about(namespace, id, out -> {})));
  }

  @Override
  public Page list(Listing listing) {
    Members answer = again("list", out -> ScheduleShapes.listing(out, listing));
    return new Page(answer.objects("views").stream().map(ScheduleShapes::schedule).toList(),
        ScheduleShapes.cursor(answer));
  }

  @Override
  public Schedule update(String namespace, UpdateSchedule update) {
    return ScheduleShapes.schedule(once("update", about(namespace, update.id(), out -> {
      ScheduleJson.terms(out, update.terms());
      out.text("note", update.note());
      Long version = update.expectedVersion();
      if (version != null) out.number("revision", version);
    })));
  }

  @Override
  public Schedule pause(String namespace, String id, @Nullable String note) {
    return ScheduleShapes.schedule(again("pause", about(namespace, id, out -> out.text("note", note))));
  }

  @Override
  public Schedule resume(String namespace, String id, @Nullable String note) {
    return ScheduleShapes.schedule(again("resume", about(namespace, id, out -> out.text("note", note))));
  }

  @Override
  public void delete(String namespace, String id) {
    once("delete", about(namespace, id, out -> {}));
  }

  @Override
  public Launch trigger(String namespace, String id, @Nullable OverlapPolicy overlap) {
    return ScheduleShapes.launch(once("trigger", about(namespace, id, out -> ScheduleShapes.overlap(out, overlap))));
  }

  @Override
  public List<Launch> backfill(String namespace, BackfillSchedule range) {
    return once("backfill", about(namespace, range.id(), out -> {
      out.instant("from", range.start());
      out.instant("until", range.end());
      ScheduleShapes.overlap(out, range.overlap());
    })).objects("answers").stream().map(ScheduleShapes::launch).toList();
  }

  @Override
  public List<Entry> history(String namespace, String id, long after, int limit) {
    return again("history", about(namespace, id, out -> {
      out.number("after", after);
      out.number("limit", limit);
    })).objects("lines").stream().map(ScheduleShapes::entry).toList();
  }
}
