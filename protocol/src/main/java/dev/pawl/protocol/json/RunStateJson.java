package dev.pawl.protocol.json;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.run.ParentClosePolicy;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunState;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.task.Fairness;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folded state of a run as JSON, so that deciding needs no history. Written with every commit of the run, therefore
 * in two parts: {@link #fixed} never changes after the birth and carries the input, {@link #moving} is small. Who has one
 * column only uses {@link #write}, which is both in one object.
 *
 * <p>{@code updates} keeps its order of arrival; everything else is sorted.
 */
public final class RunStateJson {
  private RunStateJson() {}

  /** The whole state. */
  public static String write(RunState state) {
    JsonText out = JsonText.take().open();
    fixed(out, state);
    moving(out, state);
    return out.close().done();
  }

  /** What is decided at birth: ids, {@code WorkflowStarted} with its input. */
  public static String fixed(RunState state) {
    JsonText out = JsonText.take().open();
    fixed(out, state);
    return out.close().done();
  }

  /** What commits change. */
  public static String moving(RunState state) {
    JsonText out = JsonText.take().open();
    moving(out, state);
    return out.close().done();
  }

  /** @throws CorruptHistory if {@link #write} never wrote this */
  public static RunState read(String whole) {
    return Reading.whole("a run's state", whole, in -> {
      Members m = Members.read(in);
      return state(m, m);
    });
  }

  /** @throws CorruptHistory if {@link #fixed} and {@link #moving} never wrote these */
  public static RunState read(String fixed, String moving) {
    Members birth = Reading.whole("a run's birth", fixed, Members::read);
    return Reading.whole("a run's state", moving, in -> state(birth, Members.read(in)));
  }

  /** Whose share a run's tasks take. @throws CorruptHistory if {@link #fixed} never wrote this */
  public static @Nullable Fairness fairness(String fixed) {
    return Reading.whole("a run's birth", fixed, in -> {
      Members birth = Members.read(in);
      return Optional.ofNullable(OptionsJson.fairness(birth.object("started").object("options")));
    }).orElse(null);
  }

  private static void fixed(JsonText out, RunState state) {
    EventJson.run(out, "run", state.id());
    out.text("namespace", state.namespace());
    out.text("workflowId", state.workflowId());
    out.instant("startedAt", state.startedAt());
    out.name("started").open();
    EventJson.started(out, state.started());
    out.close();
  }

  private static void moving(JsonText out, RunState state) {
    if (state.status() != RunStatus.RUNNING) out.text("status", state.status().name());
    out.instant("closedAt", state.closedAt());
    out.number("lastSeq", state.lastSeq());
    out.instant("lastAt", state.lastAt());
    out.number("lastWake", state.lastWake());
    out.number("nextStep", state.nextStep());
    out.flag("cancelRequested", state.cancelRequested());
    out.flag("paused", state.paused());
    // Mostly still what the run was started with; then the birth tells.
    RunEvent.WorkflowStarted started = state.started();
    if (!state.searchAttributes().equals(started.options().searchAttributes())) {
      out.name("searchAttributes");
      SearchJson.writeAll(out, state.searchAttributes());
    }
    if (!state.memo().equals(started.options().memo())) {
      out.name("memo");
      PayloadJson.writeAll(out, state.memo());
    }
    steps(out, "activities", state.activities());
    if (!state.timers().isEmpty()) {
      out.name("timers").open();
      Reading.sorted(state.timers()).forEach((step, due) -> out.key(step).instant(due));
      out.close();
    }
    if (!state.children().isEmpty()) {
      out.name("children").open();
      Reading.sorted(state.children()).forEach((step, child) -> {
        out.key(step).open();
        out.text("workflowId", child.workflowId());
        out.text("parentClose", child.policy().name());
        EventJson.run(out, "run", child.run());
        out.close();
      });
      out.close();
    }
    steps(out, "externals", state.externals());
    if (!state.updates().isEmpty()) {
      out.name("updates").open();
      state.updates().forEach((id, name) -> out.key(id).string(name));
      out.close();
    }
    if (!state.waits().isEmpty()) {
      out.name("waits").open();
      Reading.sorted(state.waits()).forEach((step, wait) -> {
        out.key(step).open();
        out.text("key", wait.key());
        out.text("fingerprint", wait.fingerprint());
        out.close();
      });
      out.close();
    }
    if (!state.awaited().isEmpty()) {
      out.name("awaited").openList();
      state.awaited().stream().sorted().forEach(out::number);
      out.closeList();
    }
    out.texts("offered", state.offered());
  }

  private static void steps(JsonText out, String name, Map<Integer, String> steps) {
    if (steps.isEmpty()) return;
    out.name(name).open();
    Reading.sorted(steps).forEach((step, what) -> out.key(step).string(what));
    out.close();
  }

  private static RunState state(Members birth, Members m) {
    RunEvent.WorkflowStarted started = EventJson.started(birth.object("started"));
    Map<String, SearchValue> attributes =
        m.has("searchAttributes") ? m.searchAttributes() : started.options().searchAttributes();
    Map<String, Payload> memo = m.has("memo") ? m.payloads("memo") : started.options().memo();
    Map<Integer, Members> children = m.map("children");
    Map<Integer, RunState.OpenChild> openChildren = Map.of();
    if (!children.isEmpty()) {
      openChildren = new java.util.TreeMap<>();
      for (var child : children.entrySet()) openChildren.put(child.getKey(), child(child.getValue()));
    }
    Map<Integer, Members> waits = m.map("waits");
    Map<Integer, RunState.OpenWait> openWaits = Map.of();
    if (!waits.isEmpty()) {
      openWaits = new java.util.TreeMap<>();
      for (var wait : waits.entrySet()) {
        openWaits.put(wait.getKey(), new RunState.OpenWait(
            wait.getValue().textOrNull("key"), wait.getValue().textOrNull("fingerprint")));
      }
    }
    return new RunState(birth.run("run"), birth.text("namespace"), birth.text("workflowId"), started,
        m.textOrNull("status") == null ? RunStatus.RUNNING : m.oneOf(RunStatus.class, "status"),
        birth.instant("startedAt"), m.instantOrNull("closedAt"), m.number("lastSeq"), m.instant("lastAt"),
        m.number("lastWake"), m.integer("nextStep"), m.flag("cancelRequested"), m.flag("paused"), attributes, memo,
        m.map("activities"), m.map("timers"), openChildren, m.map("externals"), m.map("updates"),
        openWaits, Set.copyOf(m.integers("awaited")), m.texts("offered"));
  }

  private static RunState.OpenChild child(Members m) {
    RunId run = m.runOrNull("run");
    return new RunState.OpenChild(m.text("workflowId"), m.oneOf(ParentClosePolicy.class, "parentClose"), run);
  }
}
