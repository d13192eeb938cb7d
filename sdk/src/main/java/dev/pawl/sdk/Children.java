package dev.pawl.sdk;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Child workflows by the class of their workflow, which this worker must know by name.
 *
 * <pre>{@code
 * var shipment = Children.stub(ShipmentWorkflow.class, opts -> opts.workflowId("ship-" + order.id()));
 * Tracking tracking = shipment.run(order.address());
 * }</pre>
 *
 * <p>For a child whose class is elsewhere there is {@link Pawl#child}.
 */
public final class Children {
  private Children() {}

  /** A stub with the settings as they are when nothing is said. */
  public static <I extends @Nullable Object, O extends @Nullable Object> ChildStub<I, O> stub(
      Class<? extends Workflow<I, O>> workflow) {
    return stub(workflow, settings -> {});
  }

  /** A stub. */
  public static <I extends @Nullable Object, O extends @Nullable Object> ChildStub<I, O> stub(
      Class<? extends Workflow<I, O>> workflow, Consumer<ChildSettings> settings) {
    return new Stub<>(workflow, settings);
  }

  /** Asks for the run only when called, so that it may be kept in a field of the workflow. */
  private record Stub<I extends @Nullable Object, O extends @Nullable Object>(
      Class<? extends Workflow<I, O>> workflow, Consumer<ChildSettings> settings) implements ChildStub<I, O> {
    @Override
    public O run(I input) {
      return start(input).result().get();
    }

    @Override
    public ChildHandle<O> start(I input) {
      ChildSettings set = new ChildSettings();
      settings.accept(set);
      WorkflowRuntime runtime = WorkflowRuntime.current();
      return runtime.child(runtime.workflowType(workflow), set, input, WorkflowTypes.resultOf(workflow));
    }
  }
}
