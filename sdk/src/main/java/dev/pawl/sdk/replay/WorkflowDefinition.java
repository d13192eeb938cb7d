package dev.pawl.sdk.replay;

import dev.pawl.sdk.Workflow;
import java.lang.reflect.Type;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A workflow as a worker knows it.
 *
 * @param name stored and travels; never the name of a class
 * @param workflowClass the class behind it, for stubs of children; null for a lambda
 * @param input null: read from the object when a run begins
 * @param factory one object per run
 * @param handlers registered before {@code run} is called
 */
public record WorkflowDefinition(
    String name,
    @Nullable Class<?> workflowClass,
    @Nullable Type input,
    Supplier<? extends Workflow<?, ?>> factory,
    List<Handler> handlers) {

  public WorkflowDefinition {
    handlers = List.copyOf(handlers);
  }

  /** Registers itself with the run that is about to begin, for the object that was made for it. */
  @FunctionalInterface
  public interface Handler {
    /** Called in the run, before its program begins. */
    void registerFor(Workflow<?, ?> workflow);
  }
}
