package dev.pawl.server.control;

import static dev.pawl.server.http.Plane.CONTROL;
import static dev.pawl.server.http.Scope.OPERATOR;

import dev.pawl.core.run.Event;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Histories;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What happened in a run, whole, in pages or as one document. */
public final class HistoryRoutes {
  private static final int PAGE = 10_000;
  private static final Duration WAIT = Duration.ofSeconds(30);

  private final ControlApi control;
  private final Supplier<Instant> now;

  /** @param now for what is said about the present, not for deciding */
  public HistoryRoutes(ControlApi control, Supplier<Instant> now) {
    this.control = control;
    this.now = now;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("workflow.history", "/workflows/{workflow_id}/runs/{run_id}/history", CONTROL, OPERATOR,
            "The history of a run", this::history).query(Field.integer("page_size", 1, 1_000, "all if absent"),
            Field.text("next_page_token", 64, "opaque"), Field.bool("wait_new_event",
                "wait for an event behind the token")),
        Route.get("workflow.export", "/workflows/{workflow_id}/runs/{run_id}/history/export", CONTROL, OPERATOR,
            "A run's history as one document", this::export));
  }

  private Reply history(Call call) {
    RunRef ref = Told.ref(call);
    long after = token(call.query().get("next_page_token"));
    long size = call.number("page_size", 0, 1, 1_000);
    ControlApi.RunView view = control.describe(ref);
    RunRef exact = new RunRef(ref.namespace(), ref.workflowId(), view.run());
    if (call.asked("wait_new_event") && view.lastSeq() <= after && !view.status().closed()) {
      control.history(exact, after, 1, WAIT);
    }
    List<Event> all = everything(exact);
    List<Map<String, @Nullable Object>> events = new Histories(ref.namespace(), ref.workflowId(), view.run()).all(all)
        .stream().filter(event -> (Long) Objects.requireNonNull(event.get("sequence")) > after).toList();
    boolean more = size > 0 && events.size() > size;
    List<Map<String, @Nullable Object>> page = more ? events.subList(0, (int) size) : events;
    String next = more ? String.valueOf(page.getLast().get("sequence")) : null;
    return Reply.ok(Json.of("workflow_id", ref.workflowId(), "run_id", view.run().toString(), "events", page,
        "next_page_token", next));
  }

  private static long token(@Nullable String token) {
    if (token == null || token.isEmpty()) return 0;
    try {
      long after = Long.parseLong(token);
      if (after >= 0) return after;
    } catch (NumberFormatException e) {
      // said below
    }
    throw new Refusal(400, "invalid_page_token", "this page token was not given out here");
  }

  private List<Event> everything(RunRef ref) {
    List<Event> all = new ArrayList<>();
    while (true) {
      long after = all.isEmpty() ? 0 : all.getLast().seq();
      List<Event> page = control.history(ref, after, PAGE, Duration.ZERO);
      all.addAll(page);
      if (page.size() < PAGE) return all;
    }
  }

  private Reply export(Call call) {
    RunRef ref = Told.ref(call);
    ControlApi.RunView view = control.describe(ref);
    List<Event> events = everything(new RunRef(ref.namespace(), ref.workflowId(), view.run()));
    return Reply.ok(HistoryExport.of(view, events, now.get()));
  }
}
