package dev.pawl.engine.control;

import dev.pawl.core.run.Mail;
import dev.pawl.core.run.SignalRun;
import dev.pawl.core.run.StartRun;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Start and signal inside the caller's own transaction: a mail that is posted on the caller's connection. */
public final class JoinedControl implements ControlApi.Joined {
  private final Store store;
  private final Starts starts;
  private final Lookup lookup;
  private final Connection connection;

  public JoinedControl(Store store, Lookup lookup, Connection connection) {
    this.store = store;
    this.starts = new Starts(store, lookup, Promotion.NONE);
    this.lookup = lookup;
    this.connection = connection;
  }

  @Override
  public RunId start(ControlApi.Start start) {
    StartRun request = starts.request(start);
    refuse(request.wrong());
    post(new Mail(Mail.Key.fromOutside(request.newRun()), store.now(), new Mail.StartOther(request)));
    return request.newRun();
  }

  @Override
  public void signal(RunRef run, ControlApi.Message signal) {
    lookup.namespace(run.namespace());
    if (run.run() != null) {
      throw new RejectedException(Rejection.invalid("run",
          "a signal in a transaction goes to the workflow id, not to one of its runs"));
    }
    if (signal.id() != null) {
      throw new RejectedException(Rejection.invalid("signal.id",
          "a signal in a transaction counts once because the transaction commits once; expected no id of its own"));
    }
    Instant now = store.now();
    RunId key = RunId.next(run.namespace(), run.workflowId(), now, ThreadLocalRandom.current());
    refuse(new SignalRun(run.namespace(), run.workflowId(), null, key.toString(), "", signal.name(), signal.input(),
        signal.header(), false).wrong());
    post(new Mail(Mail.Key.fromOutside(key), now, new Mail.SignalOther(
        null, run.namespace(), run.workflowId(), signal.name(), signal.input(), signal.header())));
  }

  private static void refuse(@Nullable Rejection wrong) {
    if (wrong != null) throw new RejectedException(wrong);
  }

  private void post(Mail mail) {
    try {
      if (connection.getAutoCommit()) {
        throw new RejectedException(Rejection.invalid("connection",
            "expected a connection in a transaction, but it commits every statement; setAutoCommit(false) first"));
      }
      store.post(connection, mail);
    } catch (SQLException e) {
      throw new RejectedException(Rejection.because(Rejection.Code.STORE_UNAVAILABLE,
          "the request could not be written in your transaction: " + e.getMessage()), e);
    }
  }
}
