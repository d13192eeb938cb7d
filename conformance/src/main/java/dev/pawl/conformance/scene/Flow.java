package dev.pawl.conformance.scene;

import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Unmet;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A run, as an operator sees it. */
public record Flow(Scene scene, String id, String run) {
  public String path() {
    return "/workflows/" + id;
  }

  public String runPath() {
    return path() + "/runs/" + run;
  }

  public Answer describe() {
    return scene.operator().get(path()).is(200);
  }

  public Answer describeRun() {
    return scene.operator().get(runPath()).is(200);
  }

  public Answer post(String verb, @Nullable Object... namesAndValues) {
    return scene.operator().post(path() + "/" + verb, namesAndValues);
  }

  public Answer postRun(String verb, @Nullable Object... namesAndValues) {
    return scene.operator().post(runPath() + "/" + verb, namesAndValues);
  }

  public Answer signal(String name, @Nullable Object... namesAndValues) {
    return post("signal/" + name, namesAndValues).is(202);
  }

  public Answer history() {
    return scene.operator().get(runPath() + "/history").is(200);
  }

  public List<@Nullable Object> types() {
    return history().each("events", "event_type");
  }

  /** All events of a type. */
  public List<Doc> events(String type) {
    return history().list("events").stream().filter(event -> type.equals(event.at("event_type"))).toList();
  }

  /** The only event of a type. */
  public Doc event(String type) {
    List<Doc> events = events(type);
    Unmet.unless(events.size() == 1, "expected one %s, got %d in %s", type, events.size(), types());
    return events.getFirst();
  }

  public List<@Nullable Object> payloads(String type, String member) {
    List<@Nullable Object> values = new ArrayList<>();
    for (Doc event : events(type)) values.add(event.at("payload/" + member));
    return values;
  }

  /** The history ends with these events. */
  public void ends(String... types) {
    List<@Nullable Object> all = types();
    boolean holds = all.size() >= types.length
        && Objects.equals(all.subList(all.size() - types.length, all.size()), List.of(types));
    Unmet.unless(holds, "expected the history to end with %s, got %s", List.of(types), all);
  }

  /** Waits until the history has an event of a type. */
  public void awaits(String type) {
    scene.until(this::history, seen -> seen.each("events", "event_type").contains(type), type);
  }

  public Answer awaitsStatus(String status) {
    return scene.until(() -> scene.operator().get(runPath()).is(200), seen -> status.equals(seen.at("status")),
        "status " + status);
  }
}
