package dev.pawl.server.control;

import static dev.pawl.server.http.Plane.CONTROL;
import static dev.pawl.server.http.Scope.OPERATOR;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunStatus;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Histories;
import dev.pawl.server.wire.HistorySource;
import dev.pawl.server.wire.PageTokens;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What happened in a run, whole, in pages or as one document. */
public final class HistoryRoutes {
  private static final int PAGE = 10_000;
  private static final Duration WAIT = Duration.ofSeconds(30);

  private static final String TOKEN = "history";

  /** A token travels in the address, which is not endless; what does not fit is read again. */
  private static final int LONGEST_OPEN = 4_000;
  private static final String UNKNOWN = "?";

  private final ControlApi control;
  private final PageTokens tokens;
  private final Supplier<Instant> now;

  /** @param now for what is said about the present, not for deciding */
  public HistoryRoutes(ControlApi control, PageTokens tokens, Supplier<Instant> now) {
    this.control = control;
    this.tokens = tokens;
    this.now = now;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("workflow.history", "/workflows/{workflow_id}/runs/{run_id}/history", CONTROL, OPERATOR,
            "The history of a run", this::history).query(Field.integer("page_size", 1, 1_000, "all if absent"),
            Field.text("next_page_token", 8_000, "opaque"), Field.bool("wait_new_event",
                "wait for an event behind the token")),
        Route.get("workflow.export", "/workflows/{workflow_id}/runs/{run_id}/history/export", CONTROL, OPERATOR,
            "A run's history as one document", this::export));
  }

  private Reply history(Call call) {
    RunRef ref = Told.ref(call);
    long size = call.number("page_size", 0, 1, 1_000);
    ControlApi.RunView view = control.describe(ref);
    RunRef exact = new RunRef(ref.namespace(), ref.workflowId(), view.run());
    Place from = place(view, call.query().get("next_page_token"));
    if (call.asked("wait_new_event") && view.lastSeq() <= from.after() && !view.status().closed()) {
      control.history(exact, from.after(), 1, WAIT);
    }
    HistorySource source = source(exact);
    // The end by a deadline is shown as two events; a page may end between them.
    boolean split = view.status() == RunStatus.TIMED_OUT && from.after() == view.lastSeq();
    long after = split ? from.after() - 1 : from.after();
    List<Event> events = size > 0 ? source.read(after, (int) size) : rest(source, after);
    Histories histories = new Histories(ref.namespace(), ref.workflowId(), view.run());
    List<Map<String, @Nullable Object>> shown = histories.page(from.open(), events, source);
    if (split && !shown.isEmpty()) shown = shown.subList(1, shown.size());
    boolean more = size > 0 && shown.size() >= size
        && (shown.size() > size || !source.read(events.getLast().seq(), 1).isEmpty());
    List<Map<String, @Nullable Object>> page = shown.size() > size && size > 0 ? shown.subList(0, (int) size) : shown;
    String next = more ? token(view, events.getLast().seq(), histories) : null;
    return Reply.ok(Json.of("workflow_id", ref.workflowId(), "run_id", view.run().toString(), "events", page,
        "next_page_token", next));
  }

  /**
   * Where a page begins.
   *
   * @param open what is open there, see {@link Histories#carried}; null: unknown
   */
  private record Place(long after, @Nullable String open) {}

  private String token(ControlApi.RunView view, long after, Histories histories) {
    String open = histories.carried();
    return tokens.write(String.join("|", TOKEN, view.run().toString(), String.valueOf(after),
        open.length() <= LONGEST_OPEN ? open : UNKNOWN));
  }

  private Place place(ControlApi.RunView view, @Nullable String token) {
    if (token == null || token.isEmpty()) return new Place(0, "");
    if (token.matches("\\d{1,18}")) return new Place(Long.parseLong(token), null);
    String[] part = tokens.read(token).orElse("").split("\\|", -1);
    if (part.length != 4 || !part[0].equals(TOKEN) || !part[1].equals(view.run().toString())) {
      throw new Refusal(400, "invalid_page_token", "this page token was not given out for this run");
    }
    return new Place(Long.parseLong(part[2]), part[3].equals(UNKNOWN) ? null : part[3]);
  }

  private HistorySource source(RunRef run) {
    return (after, limit) -> control.history(run, after, limit, Duration.ZERO);
  }

  private static List<Event> rest(HistorySource source, long after) {
    List<Event> all = new ArrayList<>();
    while (true) {
      List<Event> page = source.read(all.isEmpty() ? after : all.getLast().seq(), PAGE);
      all.addAll(page);
      if (page.size() < PAGE) return all;
    }
  }

  private Reply export(Call call) {
    RunRef ref = Told.ref(call);
    ControlApi.RunView view = control.describe(ref);
    List<Event> events = rest(source(new RunRef(ref.namespace(), ref.workflowId(), view.run())), 0);
    return Reply.ok(HistoryExport.of(view, events, now.get()));
  }
}
