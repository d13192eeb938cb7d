package dev.pawl.sdk.client;

import dev.pawl.protocol.control.ControlApi;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Starts and signals in a transaction of the caller's: they happen if and only if it commits, within about a second after
 * that.
 *
 * <pre>{@code
 * connection.setAutoCommit(false);
 * orders.insert(connection, order);
 * client.inTransaction(connection).start("order", order.id(), order);
 * connection.commit();
 * }</pre>
 *
 * <p>What is wrong with the request itself, such as a name that is too long, is a
 * {@link dev.pawl.core.value.RejectedException} here, and nothing is written. What it meets is known only after the
 * commit: a workflow id that is taken, or a signal to nobody, is noted in the ledger. As good for one transaction as its
 * connection, and for one thread at a time.
 */
public final class JoinedClient {
  private final PawlClient client;
  private final ControlApi.Joined joined;

  JoinedClient(PawlClient client, ControlApi.Joined joined) {
    this.client = client;
    this.joined = joined;
  }

  /** Starts a workflow when the transaction commits. */
  public WorkflowHandle start(String workflowType, String workflowId, @Nullable Object input) {
    return start(workflowType, workflowId, input, settings -> {});
  }

  /**
   * Starts a workflow with settings when the transaction commits.
   *
   * @return a handle of the workflow id, for after the commit. Its {@code result(...)} waits up to 30 s for the start to be
   *     delivered; everything else answers {@code RUN_NOT_FOUND} until then
   */
  public WorkflowHandle start(
      String workflowType, String workflowId, @Nullable Object input, Consumer<StartSettings> settings) {
    joined.start(client.request(new PawlClient.Start(workflowType, workflowId, input, settings)));
    return WorkflowHandle.onItsWay(client, client.handle(workflowId).ref());
  }

  /** Signals the workflow id's current run when the transaction commits. */
  public void signal(String workflowId, String name, @Nullable Object input) {
    joined.signal(client.handle(workflowId).ref(), client.message(null, name, input));
  }
}
