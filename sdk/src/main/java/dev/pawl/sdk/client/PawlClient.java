package dev.pawl.sdk.client;

import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.control.ControlApi.RunView;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.sdk.context.ContextCarrier;
import dev.pawl.sdk.payload.JsonConverter;
import dev.pawl.sdk.payload.PayloadConverter;
import java.sql.Connection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts workflows and talks to them, with the user's types. Immutable and safe for any number of threads.
 *
 * <pre>{@code
 * PawlClient client = PawlClient.on(engine.control(), converter).queue("orders");
 * WorkflowHandle order = client.start("order", "order-42", new Order(...));
 * order.signal("approve", new Approval("jane"));
 * Receipt receipt = order.result(Receipt.class);
 * }</pre>
 *
 * <p>Every expected "no" is a {@link dev.pawl.core.value.RejectedException} with a stable code.
 */
public final class PawlClient {
  private static final int PAGE = 200;

  private final ControlApi control;
  private final PayloadConverter converter;
  private final String namespace;
  private final String queue;
  private final List<ContextCarrier> carriers;

  private PawlClient(ControlApi control, PayloadConverter converter, String namespace, String queue,
      List<ContextCarrier> carriers) {
    this.control = control;
    this.converter = converter;
    this.namespace = namespace;
    this.queue = queue;
    this.carriers = carriers;
  }

  /** A client of namespace {@code default} and queue {@code default}; values travel as JSON. */
  public static PawlClient on(ControlApi control) {
    return on(control, JsonConverter.standard());
  }

  /** A client with the user's own converter and codecs. */
  public static PawlClient on(ControlApi control, PayloadConverter converter) {
    return new PawlClient(control, converter, "default", "default", List.of());
  }

  /** The same client in another namespace. */
  public PawlClient namespace(String namespace) {
    return new PawlClient(control, converter, namespace, queue, carriers);
  }

  /** The same client that starts into another queue. */
  public PawlClient queue(String queue) {
    return new PawlClient(control, converter, namespace, queue, carriers);
  }

  /** The same client that sends context along with everything it starts and says. */
  public PawlClient carrying(ContextCarrier... carriers) {
    return new PawlClient(control, converter, namespace, queue, List.of(carriers));
  }

  // ---- starting

  /** Starts a workflow. @param workflowId unique among the open runs of the namespace */
  public WorkflowHandle start(String workflowType, String workflowId, @Nullable Object input) {
    return start(workflowType, workflowId, input, settings -> {});
  }

  /** Starts a workflow with settings. */
  public WorkflowHandle start(
      String workflowType, String workflowId, @Nullable Object input, Consumer<StartSettings> settings) {
    ControlApi.Started started = control.start(request(new Start(workflowType, workflowId, input, settings)));
    return new WorkflowHandle(this, RunRef.current(namespace, workflowId), started.run());
  }

  /** One of many starts. */
  public record Start(
      String workflowType, String workflowId, @Nullable Object input, Consumer<StartSettings> settings) {
    public Start(String workflowType, String workflowId, @Nullable Object input) {
      this(workflowType, workflowId, input, settings -> {});
    }
  }

  /** Starts many in few commits. One that is refused does not stop the others; the answers are in order. */
  public List<ControlApi.StartResult> startAll(List<Start> starts) {
    return control.startAll(starts.stream().map(this::request).toList());
  }

  ControlApi.Start request(Start start) {
    StartSettings set = new StartSettings();
    start.settings().accept(set);
    Map<String, Payload> memo = new LinkedHashMap<>();
    set.memo().forEach((name, value) -> memo.put(name, payload(value)));
    Map<String, Payload> header = header();
    StartSettings.Word signal = set.signal();
    StartSettings.Word update = set.update();
    return new ControlApi.Start(namespace, start.workflowId(), start.workflowType(),
        set.queue() == null ? queue : set.queue(), start.input() == null ? null : payload(start.input()),
        set.options(header, memo), set.reuse(), set.conflict(), set.requestId(),
        signal == null ? null : message(signal.id(), signal.name(), signal.input()),
        update == null ? null : message(update.id(), update.name(), update.input()));
  }

  // ---- in your own transaction

  /**
   * This client inside a transaction of yours: what it starts and signals happens if and only if the transaction of this
   * connection commits. The connection leads to the engine's database and is in a transaction
   * ({@code setAutoCommit(false)}); commit, rollback and close are yours.
   *
   * @throws RejectedException {@code BAD_CONFIGURATION} if the engine is not in this process
   */
  public JoinedClient inTransaction(Connection connection) {
    ControlApi.Joined joined = control.inTransaction(connection).orElseThrow(() -> new RejectedException(
        Rejection.because(Rejection.Code.BAD_CONFIGURATION,
            "expected the engine in this process; a transaction cannot be joined over the network")));
    return new JoinedClient(this, joined);
  }

  // ---- what is there

  /** A handle of a workflow id's current run; it need not exist yet. */
  public WorkflowHandle handle(String workflowId) {
    return new WorkflowHandle(this, RunRef.current(namespace, workflowId), null);
  }

  /** A handle of one run of a workflow id. */
  public WorkflowHandle handle(String workflowId, RunId run) {
    return new WorkflowHandle(this, new RunRef(namespace, workflowId, run), run);
  }

  /**
   * All runs that a filter finds, newest first, read page by page while the stream is consumed.
   *
   * @param filter for example {@code type = 'order' and status = 'RUNNING'}; empty: all
   */
  public Stream<RunView> list(String filter) {
    return Pages.<RunView, String>stream(cursor -> {
      ControlApi.RunPage page = control.list(namespace, filter, PAGE, cursor);
      return new Pages.Page<>(page.runs(), page.nextCursor());
    });
  }

  /** How many runs a filter finds. */
  public long count(String filter) {
    return control.count(namespace, filter);
  }

  /** Does one thing to all runs that a filter finds. */
  public ControlApi.BulkReport bulk(
      ControlApi.Bulk.Action action, String filter, String reason, int limit, boolean dryRun) {
    return control.bulk(new ControlApi.Bulk(namespace, filter, action, reason, null, limit, dryRun));
  }

  /** Signals all runs that a filter finds. */
  public ControlApi.BulkReport signalAll(
      String filter, String name, @Nullable Object input, String reason, int limit, boolean dryRun) {
    return control.bulk(new ControlApi.Bulk(namespace, filter, ControlApi.Bulk.Action.SIGNAL, reason,
        message(null, name, input), limit, dryRun));
  }

  // ---- activities that somebody else finishes

  /** Completes an activity that left with {@code Activity.context().completeLater()}. */
  public void completeActivity(String token, @Nullable Object result) {
    control.completeActivity(token, Outcome.success(payload(result)));
  }

  /** Fails such an activity; the engine decides about another attempt. */
  public void failActivity(String token, Failure failure) {
    control.completeActivity(token, Outcome.failed(failure));
  }

  /** A sign of life for such an activity. @return whether it should stop */
  public boolean heartbeatActivity(String token, @Nullable Object details) {
    return control.heartbeatActivity(token, details == null ? null : payload(details));
  }

  /** Cancels such an activity at its own word. */
  public void cancelActivity(String token, String reason) {
    control.cancelActivity(token, Failure.of(Failure.CANCELLED, reason));
  }

  // ---- for the handles

  /** What lies under this client, for everything that it does not dress up. */
  public ControlApi control() {
    return control;
  }

  PayloadConverter converter() {
    return converter;
  }

  Payload payload(@Nullable Object value) {
    return converter.toPayload(value, value == null ? Object.class : value.getClass());
  }

  ControlApi.Message message(@Nullable String id, String name, @Nullable Object input) {
    return new ControlApi.Message(id, name, input == null ? null : payload(input), header());
  }

  private Map<String, Payload> header() {
    return ContextCarrier.capture(carriers);
  }
}
