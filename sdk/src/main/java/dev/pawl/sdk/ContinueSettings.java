package dev.pawl.sdk;

import dev.pawl.core.value.SearchValue;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What changes when a workflow continues as new; everything unsaid stays as it was. */
public final class ContinueSettings {
  private @Nullable String workflowType;
  private @Nullable String queue;
  private final Map<String, @Nullable Object> memo = new LinkedHashMap<>();
  private final Map<String, SearchValue> attributes = new LinkedHashMap<>();

  /** Goes on as another workflow type. */
  public ContinueSettings workflowType(String type) {
    this.workflowType = type;
    return this;
  }

  /** Goes on in another queue. */
  public ContinueSettings queue(String queue) {
    this.queue = queue;
    return this;
  }

  /** Sets a memo field of the new run. */
  public ContinueSettings memo(String name, @Nullable Object value) {
    this.memo.put(name, value);
    return this;
  }

  /** Sets a search attribute of the new run. */
  public ContinueSettings searchAttribute(String name, SearchValue value) {
    this.attributes.put(name, value);
    return this;
  }

  /** As said; null: the same. */
  public @Nullable String workflowType() {
    return workflowType;
  }

  /** As said; null: the same. */
  public @Nullable String queue() {
    return queue;
  }

  /** What was said about the memo. */
  public Map<String, @Nullable Object> memo() {
    return memo;
  }

  /** What was said about search attributes. */
  public Map<String, SearchValue> searchAttributes() {
    return attributes;
  }
}
