package dev.pawl.sdk.worker;

import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.replay.WorkflowDefinition.Handler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Signals, queries and updates of a workflow as methods of its class:
 *
 * <pre>{@code
 * worker.workflow("order", OrderWorkflow::new, handlers -> handlers
 *     .onSignal("approve", Approval.class, OrderWorkflow::approve)
 *     .onQuery("status", OrderWorkflow::status)
 *     .onUpdate("address", Address.class, OrderWorkflow::checkAddress, OrderWorkflow::changeAddress));
 * }</pre>
 *
 * @param <W> the workflow's class
 */
public final class WorkflowHandlers<W extends Workflow<?, ?>> {
  private final List<Handler> handlers = new ArrayList<>();

  WorkflowHandlers() {}

  /** Called for every signal of this name; may block. */
  public <T> WorkflowHandlers<W> onSignal(String name, Class<T> type, BiConsumer<W, T> handler) {
    handlers.add(workflow -> Pawl.onSignal(name, type, signal -> handler.accept(own(workflow), signal)));
    return this;
  }

  /** Answers queries of this name; must only look. */
  public <R extends @Nullable Object> WorkflowHandlers<W> onQuery(String name, Function<W, R> handler) {
    handlers.add(workflow -> Pawl.onQuery(name, () -> handler.apply(own(workflow))));
    return this;
  }

  /** Answers queries of this name that carry an argument; must only look. */
  public <Q, R extends @Nullable Object> WorkflowHandlers<W> onQuery(
      String name, Class<Q> type, BiFunction<W, Q, R> handler) {
    handlers.add(workflow -> Pawl.onQuery(name, type, question -> handler.apply(own(workflow), question)));
    return this;
  }

  /** Handles updates of this name, all of them; may block. */
  public <U, R extends @Nullable Object> WorkflowHandlers<W> onUpdate(
      String name, Class<U> type, BiFunction<W, U, R> handler) {
    handlers.add(workflow -> Pawl.onUpdate(name, type, update -> handler.apply(own(workflow), update)));
    return this;
  }

  /** @param validator says no by throwing; must only look */
  public <U, R extends @Nullable Object> WorkflowHandlers<W> onUpdate(
      String name, Class<U> type, BiConsumer<W, U> validator, BiFunction<W, U, R> handler) {
    handlers.add(workflow -> Pawl.onUpdate(name, type, update -> validator.accept(own(workflow), update),
        update -> handler.apply(own(workflow), update)));
    return this;
  }

  @SuppressWarnings("unchecked") // the factory that made the object gave the builder its type
  private W own(Workflow<?, ?> workflow) {
    return (W) workflow;
  }

  List<Handler> all() {
    return handlers;
  }
}
