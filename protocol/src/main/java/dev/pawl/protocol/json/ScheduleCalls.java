package dev.pawl.protocol.json;

import dev.pawl.core.schedule.BackfillSchedule;
import dev.pawl.core.schedule.CreateSchedule;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleRefusedException;
import dev.pawl.core.schedule.UpdateSchedule;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.schedule.ScheduleApi;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The other end of {@link RemoteSchedules}: takes calls as text and has the engine of this process answer them. */
public final class ScheduleCalls {
  /** What can be asked, and what it is for; by operation. */
  public static final Map<String, String> OPERATIONS;

  static {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("schedules/create", "Make a schedule");
    all.put("schedules/describe", "Everything about a schedule but its history");
    all.put("schedules/list", "Schedules, newest first");
    all.put("schedules/update", "Give a schedule other terms");
    all.put("schedules/pause", "Hold a schedule back");
    all.put("schedules/resume", "Let a schedule fire again");
    all.put("schedules/delete", "End a schedule");
    all.put("schedules/trigger", "Fire now");
    all.put("schedules/backfill", "Fire for a range of the past");
    all.put("schedules/history", "What happened to a schedule");
    OPERATIONS = Collections.unmodifiableMap(all);
  }

  private ScheduleCalls() {}

  /**
   * Answers one call. A refusal of the rules of schedules is an answer, too.
   *
   * @param operation one of {@link #OPERATIONS}
   * @param body as {@link RemoteSchedules} wrote it
   * @throws RejectedException the engine's no, or {@code INVALID_ARGUMENT} for a body that cannot be read
   */
  public static String answer(String operation, String body, ScheduleApi api, CallGuard guard) {
    Members m = Calling.body(body);
    try {
      String namespace = m.text("namespace");
      guard.namespace(namespace);
      return Calling.text(answer(operation, namespace, m, api));
    } catch (ScheduleRefusedException no) {
      return Calling.text(out -> ScheduleShapes.flaw(out, no.flaw()));
    } catch (BadJson e) {
      throw new RejectedException(Rejection.invalid("body", String.valueOf(e.getMessage())), e);
    }
  }

  private static Consumer<JsonText> answer(String operation, String namespace, Members m, ScheduleApi api) {
    if (operation.equals("schedules/list")) {
      ScheduleApi.Page page = api.list(ScheduleShapes.listing(m));
      return out -> {
        ControlShapes.list(out, "views", page.schedules(), ScheduleShapes::schedule);
        ScheduleShapes.cursor(out, page.next());
      };
    }
    String id = m.text("scheduleId");
    return switch (operation) {
      case "schedules/create" -> schedule(api.create(namespace,
          new CreateSchedule(id, ScheduleJson.terms(m), m.flag("paused"), m.textOrNull("note"))));
      case "schedules/describe" -> schedule(api.describe(namespace, id));
      case "schedules/update" -> schedule(api.update(namespace, new UpdateSchedule(id, ScheduleJson.terms(m),
          m.textOrNull("note"), m.has("revision") ? (Long) m.number("revision") : null)));
      case "schedules/pause" -> schedule(api.pause(namespace, id, m.textOrNull("note")));
      case "schedules/resume" -> schedule(api.resume(namespace, id, m.textOrNull("note")));
      case "schedules/delete" -> {
        api.delete(namespace, id);
        yield out -> {};
      }
      case "schedules/trigger" -> {
        ScheduleApi.Launch launch = api.trigger(namespace, id, ScheduleShapes.overlap(m));
        yield out -> ScheduleShapes.launch(out, launch);
      }
      case "schedules/backfill" -> {
        List<ScheduleApi.Launch> launches = api.backfill(namespace,
            new BackfillSchedule(id, m.instant("from"), m.instant("until"), ScheduleShapes.overlap(m)));
        yield out -> ControlShapes.list(out, "answers", launches, ScheduleShapes::launch);
      }
      case "schedules/history" -> {
        List<ScheduleApi.Entry> entries = api.history(namespace, id, m.number("after"), m.integer("limit"));
        yield out -> ControlShapes.list(out, "lines", entries, ScheduleShapes::entry);
      }
      default -> throw new IllegalArgumentException("no operation " + operation);
    };
  }

  private static Consumer<JsonText> schedule(Schedule schedule) {
    return out -> ScheduleShapes.schedule(out, schedule);
  }
}
