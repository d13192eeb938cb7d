package dev.pawl.server.wire;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.ParentClosePolicy;
import dev.pawl.core.run.RunState;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.value.Backoff;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The commands of a completed workflow task, checked and translated. Their numbers are the engine's business. */
public final class Commands {
  /** Most commands in one completion. */
  public static final int MOST = 1_000;

  /** Every type that is understood here. */
  public static final List<String> TYPES = List.of("schedule_activity", "start_timer", "start_child_workflow",
      "record_side_effect", "record_version_marker", "upsert_search_attributes", "upsert_memo", "open_condition_wait",
      "complete_update", "fail_update", "complete_workflow", "fail_workflow", "continue_as_new");

  /** Fields that count only on the commands named here; elsewhere they are a mistake that must not pass in silence. */
  private static final Map<String, Set<String>> SCOPED = Map.ofEntries(
      Map.entry("retry_policy", Set.of("schedule_activity", "start_child_workflow")),
      Map.entry("start_to_close_timeout", Set.of("schedule_activity")),
      Map.entry("schedule_to_start_timeout", Set.of("schedule_activity")),
      Map.entry("schedule_to_close_timeout", Set.of("schedule_activity")),
      Map.entry("heartbeat_timeout", Set.of("schedule_activity")),
      Map.entry("execution_timeout_seconds", Set.of("start_child_workflow")),
      Map.entry("run_timeout_seconds", Set.of("start_child_workflow")),
      Map.entry("non_retryable", Set.of("fail_workflow", "fail_update")),
      Map.entry("parent_close_policy", Set.of("start_child_workflow")),
      Map.entry("delay_seconds", Set.of("start_timer")),
      Map.entry("timeout_seconds", Set.of("open_condition_wait")));

  private final RunState state;
  private final Map<String, String> attributeTypes;

  /** @param attributeTypes declared search attributes of the namespace */
  public Commands(RunState state, Map<String, String> attributeTypes) {
    this.state = state;
    this.attributeTypes = attributeTypes;
  }

  public List<Command> read(@Nullable Object sent) {
    List<@Nullable Object> list = Json.list(sent);
    if (list.isEmpty()) throw Refusal.invalid("commands", "The commands field must have at least one command.");
    if (list.size() > MOST) {
      throw new Refusal(422, "structural_limit_exceeded", "a completion has at most %d commands".formatted(MOST),
          "limit_kind", "commands_per_completion", "current_value", list.size(), "configured_limit", MOST);
    }
    List<Command> commands = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      String at = "commands." + i;
      if (!(list.get(i) instanceof Map)) throw Refusal.invalid(at, "A command is an object.");
      Map<String, @Nullable Object> one = Json.object(list.get(i));
      String type = Json.string(one, "type", "");
      scope(at, type, one);
      Command command = command(at, type, one);
      if (command instanceof Command.Closing && i != list.size() - 1) {
        throw Refusal.invalid(at, "A command that ends the workflow must be the last one.");
      }
      commands.add(command);
    }
    return commands;
  }

  private static void scope(String at, String type, Map<String, @Nullable Object> one) {
    one.forEach((name, value) -> {
      Set<String> where = SCOPED.get(name);
      if (where != null && value != null && !where.contains(type)) {
        throw Refusal.invalid(at + "." + name, "The field %s means nothing on %s.".formatted(name, type));
      }
    });
  }

  private Command command(String at, String type, Map<String, @Nullable Object> c) {
    return switch (type) {
      case "schedule_activity" -> new Command.ScheduleActivity(0, need(at, c, "activity_type"),
          Values.arguments(at + ".arguments", c.get("arguments")), activity(at, c), Map.of(), Bundles.read(c));
      case "start_timer" -> new Command.StartTimer(0, seconds(at, c, "delay_seconds", 0), Bundles.read(c));
      case "start_child_workflow" -> child(at, c);
      case "record_side_effect" -> {
        if (!c.containsKey("result")) throw Refusal.invalid(at + ".result", "The result field is required.");
        yield new Command.RecordSideEffect(0, Values.blob(at + ".result", c.get("result")));
      }
      case "record_version_marker" -> new Command.RecordVersion(0, need(at, c, "change_id"), number(at, c, "version"),
          number(at, c, "min_supported"), number(at, c, "max_supported"));
      case "upsert_search_attributes" -> attributes(at, c);
      case "upsert_memo" -> new Command.UpsertMemo(0,
          Attributes.memo(Json.object(Values.plain(Values.value(at + ".entries", c.get("entries"))))));
      case "open_condition_wait" -> new Command.OpenWait(0, Json.string(c, "condition_key"),
          Json.string(c, "condition_definition_fingerprint"),
          c.get("timeout_seconds") == null ? null : seconds(at, c, "timeout_seconds", 0));
      case "complete_update" -> new Command.ApplyUpdate(need(at, c, "update_id"),
          Outcome.success(orNull(Values.value(at + ".result", c.get("result")))));
      case "fail_update" -> {
        need(at, c, "message");
        yield new Command.ApplyUpdate(need(at, c, "update_id"), Outcome.failed(Faults.ofCommand(at, c)));
      }
      case "complete_workflow" ->
          new Command.CompleteRun(orNull(Values.value(at + ".result", c.get("result"))), List.of());
      case "fail_workflow" -> {
        need(at, c, "message");
        yield new Command.FailRun(Faults.ofCommand(at, c), List.of());
      }
      case "continue_as_new" -> new Command.ContinueAsNew(Json.string(c, "workflow_type"), Json.string(c, "queue"),
          Values.arguments(at + ".arguments", c.get("arguments")), Map.of(), Map.of(), List.of());
      case "" -> throw Refusal.invalid(at + ".type", "The type field is required.");
      default -> throw Refusal.invalid(at + ".type", "The command type '%s' is not supported here.".formatted(type));
    };
  }

  private static Payload orNull(@Nullable Payload value) {
    return value == null ? Values.avro("result", null) : value;
  }

  private Command attributes(String at, Map<String, @Nullable Object> c) {
    Map<String, @Nullable Object> sent = Json.object(c.get("attributes"));
    if (sent.isEmpty()) throw Refusal.invalid(at + ".attributes", "The attributes field must not be empty.");
    Map<String, String> types = new HashMap<>(attributeTypes);
    // What the namespace has declared holds for every program.
    Json.object(c.get("attribute_types")).forEach((name, type) -> {
      if (Attributes.TYPES.contains(String.valueOf(type))) types.putIfAbsent(name, String.valueOf(type));
    });
    return new Command.UpsertSearchAttributes(0, Attributes.read(at + ".attributes", sent, types, true));
  }

  private ActivityOptions activity(String at, Map<String, @Nullable Object> c) {
    Duration toStart = limit(at, c, "schedule_to_start_timeout");
    Duration toClose = limit(at, c, "start_to_close_timeout");
    Duration whole = limit(at, c, "schedule_to_close_timeout");
    Duration heartbeat = limit(at, c, "heartbeat_timeout");
    within(at + ".heartbeat_timeout", heartbeat, toClose, "start_to_close_timeout");
    within(at + ".start_to_close_timeout", toClose, whole, "schedule_to_close_timeout");
    within(at + ".schedule_to_start_timeout", toStart, whole, "schedule_to_close_timeout");
    RetryPolicy retry = retry(at, c);
    return new ActivityOptions(Json.string(c, "queue", state.started().queue()), toStart, toClose, whole, heartbeat,
        retry == null ? RetryPolicy.NEVER : retry, Turns.priority(at + ".", c, state.started().options().priority()),
        Turns.fairness(at + ".", c, state.started().options().fairness()));
  }

  private Command child(String at, Map<String, @Nullable Object> c) {
    Duration execution = limit(at, c, "execution_timeout_seconds");
    Duration run = limit(at, c, "run_timeout_seconds");
    within(at + ".run_timeout_seconds", run, execution, "execution_timeout_seconds");
    StartOptions mine = state.started().options();
    StartOptions options = new StartOptions(execution, run, mine.taskTimeout(), retry(at, c), Duration.ZERO,
        Turns.priority(at + ".", c, mine.priority()), Turns.fairness(at + ".", c, mine.fairness()), mine.buildId(),
        Map.of(), state.memo(), state.searchAttributes());
    ParentClosePolicy policy = switch (Json.string(c, "parent_close_policy", "abandon")) {
      case "abandon" -> ParentClosePolicy.ABANDON;
      case "request_cancel" -> ParentClosePolicy.REQUEST_CANCEL;
      case "terminate" -> ParentClosePolicy.TERMINATE;
      default -> throw Refusal.invalid(at + ".parent_close_policy",
          "The parent close policy must be one of: abandon, request_cancel, terminate.");
    };
    return new Command.StartChild(0, need(at, c, "workflow_type"), null,
        Json.string(c, "queue", state.started().queue()), Values.arguments(at + ".arguments", c.get("arguments")),
        options, policy, Bundles.read(c));
  }

  /** No policy is one attempt; a delay per failure, the last one for all that follow. */
  private static @Nullable RetryPolicy retry(String at, Map<String, @Nullable Object> c) {
    if (c.get("retry_policy") == null) return null;
    return retryPolicy(at + ".retry_policy", Json.object(c.get("retry_policy")));
  }

  /** A retry policy as the wire says it. */
  public static RetryPolicy retryPolicy(String at, Map<String, @Nullable Object> sent) {
    Long attempts = Json.integer(sent, "max_attempts");
    if (attempts != null && (attempts < 1 || attempts > Integer.MAX_VALUE)) {
      throw Refusal.invalid(at + ".max_attempts", "The max attempts field must be at least 1.");
    }
    List<Duration> delays = new ArrayList<>();
    for (Object one : Json.list(sent.get("backoff_seconds"))) {
      if (!(one instanceof Long seconds) || seconds < 0) {
        throw Refusal.invalid(at + ".backoff_seconds", "The backoff seconds must be integers of 0 or more.");
      }
      delays.add(Duration.ofSeconds(seconds));
    }
    List<String> last = new ArrayList<>();
    for (String type : Json.strings(sent.get("non_retryable_error_types"))) {
      last.add(type);
      // Workers report the bare name of a class; a policy may name it in full.
      int dot = Math.max(type.lastIndexOf('.'), type.lastIndexOf('\\'));
      if (dot >= 0) last.add(type.substring(dot + 1));
    }
    return new RetryPolicy(new Backoff.Delays(delays), attempts == null ? 1 : attempts.intValue(), last);
  }

  private static void within(String field, @Nullable Duration inner, @Nullable Duration outer, String outerName) {
    if (inner != null && outer != null && inner.compareTo(outer) > 0) {
      throw Refusal.invalid(field, "It must not be longer than %s.".formatted(outerName));
    }
  }

  private static @Nullable Duration limit(String at, Map<String, @Nullable Object> c, String name) {
    return c.get(name) == null ? null : seconds(at, c, name, 1);
  }

  private static Duration seconds(String at, Map<String, @Nullable Object> c, String name, long least) {
    Long seconds = Json.integer(c, name);
    if (seconds == null || seconds < least || seconds > 3_155_760_000L) {
      throw Refusal.invalid(at + "." + name, "The %s field must be an integer of %d or more seconds."
          .formatted(name.replace('_', ' '), least));
    }
    return Duration.ofSeconds(seconds);
  }

  private static int number(String at, Map<String, @Nullable Object> c, String name) {
    Long number = Json.integer(c, name);
    if (number == null || number < -1 || number > Integer.MAX_VALUE) {
      throw Refusal.invalid(at + "." + name,
          "The %s field must be an integer of -1 or more.".formatted(name.replace('_', ' ')));
    }
    return number.intValue();
  }

  private static String need(String at, Map<String, @Nullable Object> c, String name) {
    String value = Json.string(c, name);
    if (value == null || value.isEmpty()) {
      throw Refusal.invalid(at + "." + name, "The %s field is required.".formatted(name.replace('_', ' ')));
    }
    return value;
  }
}
