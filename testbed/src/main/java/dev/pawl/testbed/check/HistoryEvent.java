package dev.pawl.testbed.check;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An event as it is stored. For one thread. */
public final class HistoryEvent {
  private static final Set<String> CLOSING = Set.of("WorkflowCompleted", "WorkflowFailed", "WorkflowCancelled",
      "WorkflowTerminated", "WorkflowTimedOut", "WorkflowContinuedAsNew", "WorkflowReset");

  /** What the program has to be told of. */
  private static final Set<String> WAKING = Set.of("WorkflowStarted", "CancelRequested", "ActivityCompleted",
      "ActivityFailed", "ActivityTimedOut", "ActivityCancelled", "TimerFired", "SignalReceived", "ChildRunStarted",
      "ChildRunCompleted", "ChildRunFailed", "ChildRunCancelled", "ChildRunTerminated", "ExternalDelivered",
      "ExternalFailed");

  private final long seq;
  private final String type;
  private final long at;
  private final long seen;
  private final long commit;
  private final String data;
  private @Nullable Map<String, @Nullable Object> json;

  HistoryEvent(long seq, String type, long at, long seen, long commit, String data) {
    this.seq = seq;
    this.type = type;
    this.at = at;
    this.seen = seen;
    this.commit = commit;
    this.data = data;
  }

  public long seq() {
    return seq;
  }

  public String type() {
    return type;
  }

  /** Microseconds since 1970. */
  public long at() {
    return at;
  }

  /** What the program had been shown when its worker wrote this; 0: from outside. */
  public long seen() {
    return seen;
  }

  /** Number of the group commit that wrote it. */
  public long commit() {
    return commit;
  }

  /** JSON, as it is stored. */
  public String data() {
    return data;
  }

  public boolean closing() {
    return CLOSING.contains(type);
  }

  public boolean wakes() {
    return WAKING.contains(type);
  }

  public boolean is(String... types) {
    for (String one : types) if (type.equals(one)) return true;
    return false;
  }

  /** @throws IllegalArgumentException if it is no JSON object */
  public Map<String, @Nullable Object> json() {
    if (json == null) json = JsonReader.object(data);
    return json;
  }

  public boolean ofStep() {
    return json().get("step") instanceof Long;
  }

  public int step() {
    return Math.toIntExact(number("step"));
  }

  public long number(String member) {
    if (json().get(member) instanceof Long number) return number;
    throw new IllegalArgumentException("expected a number '%s' in event %d: %s".formatted(member, seq, data));
  }

  /** For members that are left out when they are 1. */
  public long numberOrOne(String member) {
    return json().get(member) instanceof Long number ? number : 1;
  }

  public @Nullable String text(String member) {
    return json().get(member) instanceof String text ? text : null;
  }

  public List<?> list(String member) {
    return json().get(member) instanceof List<?> list ? list : List.of();
  }

  public Map<?, ?> object(String member) {
    return json().get(member) instanceof Map<?, ?> object ? object : Map.of();
  }

  @Override
  public String toString() {
    return "event %d (%s)".formatted(seq, type);
  }
}
