package dev.pawl.protocol.json;

import dev.pawl.core.schedule.Fired;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleCode;
import dev.pawl.core.schedule.ScheduleEvent;
import dev.pawl.core.schedule.ScheduleFlaw;
import dev.pawl.protocol.schedule.ScheduleApi;
import org.jspecify.annotations.Nullable;

/** What is asked and answered about schedules, as members of an object. */
final class ScheduleShapes {
  private ScheduleShapes() {}

  // ---- schedules

  static void schedule(JsonText out, Schedule schedule) {
    out.text("scheduleId", schedule.id());
    out.number("revision", schedule.version());
    out.number("entries", schedule.events());
    ScheduleJson.members(out, schedule);
  }

  static Schedule schedule(Members m) {
    return ScheduleJson.schedule(m.text("scheduleId"), m.number("revision"), m.number("entries"), m);
  }

  static void listing(JsonText out, ScheduleApi.Listing listing) {
    out.text("namespace", listing.namespace());
    Boolean paused = listing.paused();
    if (paused != null) out.text("state", paused ? "paused" : "active");
    out.text("type", listing.type());
    out.number("limit", listing.limit());
    cursor(out, listing.after());
  }

  static ScheduleApi.Listing listing(Members m) {
    String state = m.textOrNull("state");
    return new ScheduleApi.Listing(m.text("namespace"), state == null ? null : (Boolean) state.equals("paused"),
        m.textOrNull("type"), m.integer("limit"), cursor(m));
  }

  static void cursor(JsonText out, ScheduleApi.@Nullable Cursor cursor) {
    if (cursor == null) return;
    out.instant("at", cursor.createdAt());
    out.text("cursor", cursor.id());
  }

  static ScheduleApi.@Nullable Cursor cursor(Members m) {
    String id = m.textOrNull("cursor");
    return id == null ? null : new ScheduleApi.Cursor(m.instant("at"), id);
  }

  static @Nullable OverlapPolicy overlap(Members m) {
    return m.has("overlap") ? m.oneOf(OverlapPolicy.class, "overlap") : null;
  }

  static void overlap(JsonText out, @Nullable OverlapPolicy overlap) {
    if (overlap != null) out.text("overlap", overlap.name());
  }

  // ---- fires

  static void launch(JsonText out, ScheduleApi.Launch launch) {
    out.instant("nominal", launch.fired().nominal());
    switch (launch.fired()) {
      case Fired.Started it -> {
        out.text("workflowId", it.workflowId());
        out.number("sequence", it.sequence());
        out.instant("at", it.at());
      }
      case Fired.Buffered it -> out.number("number", it.depth());
      case Fired.Skipped it -> out.text("skipReason", it.reason().name());
    }
    EventJson.run(out, "run", launch.run());
    out.text("reason", launch.refusal());
  }

  static ScheduleApi.Launch launch(Members m) {
    Fired fired = m.has("workflowId")
        ? new Fired.Started(m.instant("nominal"), m.text("workflowId"), m.number("sequence"), m.instant("at"))
        : m.has("skipReason")
            ? new Fired.Skipped(m.instant("nominal"), m.oneOf(Schedule.SkipReason.class, "skipReason"))
            : new Fired.Buffered(m.instant("nominal"), m.integer("number"));
    return new ScheduleApi.Launch(fired, m.runOrNull("run"), m.textOrNull("reason"));
  }

  static void entry(JsonText out, ScheduleApi.Entry entry) {
    out.number("sequence", entry.event().sequence());
    out.instant("at", entry.event().at());
    out.text("type", entry.event().fact().type());
    out.text("body", ScheduleJson.write(entry.event().fact()));
    EventJson.run(out, "run", entry.run());
  }

  static ScheduleApi.Entry entry(Members m) {
    ScheduleEvent event = new ScheduleEvent(
        m.number("sequence"), m.instant("at"), ScheduleJson.readFact(m.text("type"), m.text("body")));
    return new ScheduleApi.Entry(event, m.runOrNull("run"));
  }

  // ---- refusals

  static void flaw(JsonText out, ScheduleFlaw flaw) {
    out.name("rejection").open();
    out.text("code", flaw.code().name());
    out.text("field", flaw.field());
    out.text("message", flaw.message());
    out.close();
  }

  static @Nullable ScheduleFlaw flaw(Members m) {
    Members no = m.objectOrNull("rejection");
    return no == null ? null
        : new ScheduleFlaw(no.oneOf(ScheduleCode.class, "code"), no.text("field"), no.text("message"));
  }
}
