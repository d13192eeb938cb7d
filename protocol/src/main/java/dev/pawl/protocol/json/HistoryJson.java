package dev.pawl.protocol.json;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole history as a document of its own, for export and for tests that replay it years later. One event per line, so
 * that people can read and compare it; the facts are as {@link EventJson} writes them.
 */
public final class HistoryJson {
  private static final int VERSION = 1;

  private HistoryJson() {}

  /** A history and the run it belongs to; the run's id seeds the program's randomness, so it has to come along. */
  public record Recorded(String namespace, String workflowId, RunId run, List<Event> events) {
    public Recorded {
      events = List.copyOf(events);
    }
  }

  public static String write(Recorded history) {
    JsonText head = JsonText.take().open();
    head.number("history", VERSION);
    head.text("namespace", history.namespace());
    head.text("workflowId", history.workflowId());
    head.uuid("run", history.run().value());
    StringBuilder text = new StringBuilder(head.done()).append(",\"events\":[");
    String comma = "\n";
    for (Event event : history.events()) {
      text.append(comma).append(line(event));
      comma = ",\n";
    }
    return text.append("\n]}\n").toString();
  }

  private static String line(Event event) {
    JsonText out = JsonText.take();
    event(out, event);
    return out.done();
  }

  /** One event as an object. */
  static void event(JsonText out, Event event) {
    out.open();
    out.number("seq", event.seq());
    out.instant("at", event.at());
    out.number("seen", event.seen());
    out.text("type", event.fact().type());
    out.name("fact");
    EventJson.write(out, event.fact());
    out.close();
  }

  static void events(JsonText out, String name, List<Event> events) {
    if (events.isEmpty()) return;
    out.name(name).openList();
    for (Event event : events) event(out, event);
    out.closeList();
  }

  /** @throws CorruptHistory if {@link #write} never wrote this, or a newer build did */
  public static Recorded read(String json) {
    return Reading.whole("a recorded history", json, HistoryJson::recorded);
  }

  private static Recorded recorded(JsonSource in) {
    int version = 0;
    String namespace = null;
    String workflowId = null;
    RunId run = null;
    List<Event> events = List.of();
    in.open();
    for (String name = in.member(); name != null; name = in.member()) {
      switch (name) {
        case "history" -> version = in.integer();
        case "namespace" -> namespace = in.string();
        case "workflowId" -> workflowId = in.string();
        case "run" -> run = new RunId(in.uuid());
        case "events" -> events = events(in);
        default -> in.skip();
      }
    }
    if (version != VERSION) throw new CorruptHistory("expected a history of version 1, got " + version);
    if (namespace == null || workflowId == null || run == null) {
      throw new CorruptHistory("a recorded history needs namespace, workflowId and run");
    }
    return new Recorded(namespace, workflowId, run, events);
  }

  private static List<Event> events(JsonSource in) {
    List<Event> events = new ArrayList<>();
    in.openList();
    while (in.element()) {
      Event event = event(in);
      if (event.seq() != events.size() + 1) {
        throw new CorruptHistory("event %d follows event %d".formatted(event.seq(), events.size()));
      }
      events.add(event);
    }
    return events;
  }

  /** The fact comes after its type, as {@link #event(JsonText, Event)} writes them. */
  static Event event(JsonSource in) {
    long seq = 0;
    Instant at = Instant.EPOCH;
    long seen = 0;
    String type = null;
    RunEvent fact = null;
    in.open();
    for (String name = in.member(); name != null; name = in.member()) {
      switch (name) {
        case "seq" -> seq = in.number();
        case "at" -> at = in.instant();
        case "seen" -> seen = in.number();
        case "type" -> type = in.string();
        case "fact" -> fact = EventJson.read(known(type), Members.read(in));
        default -> in.skip();
      }
    }
    if (fact == null) throw new CorruptHistory("event %d has no fact".formatted(seq));
    return new Event(seq, at, seen, fact);
  }

  private static String known(@Nullable String type) {
    if (type == null) throw new CorruptHistory("the type of an event must stand before its fact");
    return type;
  }
}
