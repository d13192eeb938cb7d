package dev.pawl.engine;

import dev.pawl.core.run.Mail;
import dev.pawl.core.run.StartRun;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.control.Lookup;
import dev.pawl.engine.control.Starts;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Start and signal inside the caller's own transaction on the engine's database. The request becomes a row of the
 * caller's transaction and is delivered after its commit, within about a second; if the transaction rolls back, it
 * never was. What the policies of a start say is decided at delivery: a start that is refused then is noted in the
 * ledger.
 */
public final class TransactionalControl {
  private final Store store;
  private final Starts starts;
  private final Lookup lookup;
  private final Connection connection;

  TransactionalControl(Store store, Starts starts, Lookup lookup, Connection connection) {
    this.store = store;
    this.starts = starts;
    this.lookup = lookup;
    this.connection = connection;
  }

  /** @return the id that the run will have, if it is born */
  public RunId start(ControlApi.Start start) {
    StartRun request = starts.request(start);
    post(new Mail(Mail.Key.fromOutside(request.newRun()), store.now(), new Mail.StartOther(request)));
    return request.newRun();
  }

  /** Signals the chain's current run at delivery. */
  public void signal(RunRef run, ControlApi.Message signal) {
    lookup.namespace(run.namespace());
    if (run.run() != null) {
      throw new RejectedException(Rejection.invalid("run",
          "a signal in a transaction goes to the workflow id, not to one of its runs"));
    }
    Instant now = store.now();
    RunId key = RunId.next(run.namespace(), run.workflowId(), now, ThreadLocalRandom.current());
    post(new Mail(Mail.Key.fromOutside(key), now, new Mail.SignalOther(
        null, run.namespace(), run.workflowId(), signal.name(), signal.input(), signal.header())));
  }

  private void post(Mail mail) {
    try {
      store.post(connection, mail);
    } catch (SQLException e) {
      throw new RejectedException(Rejection.because(Rejection.Code.STORE_UNAVAILABLE,
          "the request could not be written in your transaction: " + e.getMessage()), e);
    }
  }
}
