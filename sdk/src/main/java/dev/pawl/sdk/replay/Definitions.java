package dev.pawl.sdk.replay;

import dev.pawl.sdk.ActivityName;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The names that a worker knows: of workflows and of interfaces of activities. Filled before the worker starts. */
public final class Definitions {
  private final Map<String, WorkflowDefinition> workflows = new LinkedHashMap<>();
  private final Map<Class<?>, String> workflowNames = new LinkedHashMap<>();
  private final Map<Class<?>, String> activityNames = new LinkedHashMap<>();

  /** @throws IllegalArgumentException if the name is taken */
  public void add(WorkflowDefinition definition) {
    if (workflows.putIfAbsent(definition.name(), definition) != null) {
      throw new IllegalArgumentException("workflow '%s' is registered twice".formatted(definition.name()));
    }
    if (definition.workflowClass() != null) workflowNames.put(definition.workflowClass(), definition.name());
  }

  /** Gives an interface of activities its name, without serving it. */
  public void nameActivities(String name, Class<?> activities) {
    String before = activityNames.putIfAbsent(activities, name);
    if (before != null && !before.equals(name)) {
      throw new IllegalArgumentException(
          "%s is registered as '%s' and as '%s'".formatted(activities.getName(), before, name));
    }
  }

  /** Null: not served here. */
  public @Nullable WorkflowDefinition workflow(String name) {
    return workflows.get(name);
  }

  /** The names of all. */
  public Set<String> workflowTypes() {
    return new TreeSet<>(workflows.keySet());
  }

  /** All of them, in the order in which they were added. */
  public Collection<WorkflowDefinition> workflows() {
    return workflows.values();
  }

  String workflowName(Class<?> workflow) {
    String name = workflowNames.get(workflow);
    if (name == null) {
      throw new IllegalArgumentException(("this worker knows no name for %s: register it with worker.workflow(name, ...), "
          + "or start the child by its type with Pawl.child(...)").formatted(workflow.getSimpleName()));
    }
    return name;
  }

  String activitiesName(Class<?> activities) {
    String name = activityNames.get(activities);
    if (name != null) return name;
    ActivityName annotated = activities.getAnnotation(ActivityName.class);
    if (annotated != null) return annotated.value();
    throw new IllegalArgumentException(("this worker knows no name for %s: register it with worker.activities(name, %s.class, "
        + "...), give the stub opts.name(...), or annotate it with @ActivityName").formatted(
            activities.getSimpleName(), activities.getSimpleName()));
  }
}
