package dev.pawl.server.control;

import dev.pawl.core.value.RunId;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A call that tells a run something. Only the current run of a chain can be told.
 *
 * @param run as it was when the call came
 */
record Told(Call call, ControlApi.RunView run) {
  /** @throws Refusal if the call names a run that is not the current one */
  static Told by(Call call, ControlApi control) {
    RunRef ref = ref(call);
    ControlApi.RunView current = control.describe(RunRef.current(ref.namespace(), ref.workflowId()));
    RunId run = ref.run();
    if (run == null || run.equals(current.run())) return new Told(call, current);
    ControlApi.RunView named = control.describe(ref);
    throw new Refusal(409, "historical_run_command_rejected",
        "run %s is not the current one of '%s'".formatted(named.run(), ref.workflowId()), "target_scope", "run",
        "workflow_id", ref.workflowId(), "run_id", named.run().toString(), "resolved_run_id", current.run().toString());
  }

  /** The run that the path names, or the current one of the workflow. */
  static RunRef ref(Call call) {
    String run = call.parameters().get("run_id");
    return new RunRef(call.namespace(), call.parameter("workflow_id"), run == null ? null : runId(run));
  }

  private static RunId runId(String text) {
    try {
      return RunId.parse(text);
    } catch (IllegalArgumentException e) {
      throw new Refusal(404, "run_not_found", "there is no run '%s'".formatted(text));
    }
  }

  /** The name in the path: 1 to 256 bytes without control characters. */
  static String name(Call call, String parameter) {
    String name = call.parameter(parameter);
    boolean control = name.chars().anyMatch(Character::isISOControl);
    if (name.isEmpty() || control || name.getBytes(StandardCharsets.UTF_8).length > 256) {
      throw Refusal.invalid(parameter, "The %s has 1 to 256 bytes and no control characters."
          .formatted(parameter.replace('_', ' ')));
    }
    return name;
  }

  /**
   * Refuses a name that the declared handlers do not have.
   *
   * @param known what workers declared; null if nobody did, and then any name will do
   */
  static void declared(@Nullable Set<String> known, String name, String reason, String outcome, String what) {
    if (known == null || known.contains(name)) return;
    throw new Refusal(404, reason, "the workflow has no %s '%s'".formatted(what, name), "outcome", outcome,
        "rejection_reason", reason);
  }

  /** A call without a run goes to whatever run is current when it lands. */
  RunRef target() {
    return new RunRef(run.namespace(), run.workflowId(), call.parameters().containsKey("run_id") ? run.run() : null);
  }

  Reply done(int status, String outcome, @Nullable Object... more) {
    Map<String, @Nullable Object> body = Json.of("workflow_id", run.workflowId(), "run_id", run.run().toString(),
        "requested_run_id", call.parameters().get("run_id"), "resolved_run_id", run.run().toString(), "command_id",
        UUID.randomUUID().toString(), "command_sequence", null, "target_scope",
        call.parameters().containsKey("run_id") ? "run" : "instance", "workflow_type", run.workflowType(),
        "command_status", "accepted", "command_source", "control_plane", "outcome", outcome, "reason", null,
        "rejection_reason", null, "validation_errors", Json.of());
    body.putAll(Json.of(more));
    return Reply.of(status, body);
  }

  Refusal notActive() {
    return new Refusal(409, "run_not_active", "run %s is closed".formatted(run.run()), "outcome",
        "rejected_not_active", "workflow_id", run.workflowId(), "run_id", run.run().toString());
  }
}
