package dev.pawl.examples.transfer;

import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

// tag::workflow[]
/** Moves money within the engine's own database: the booking and the record of the step are one transaction. */
public final class TransferWorkflow implements Workflow<Transfer, Long> {
  @Override
  public Long run(Transfer transfer) {
    return Pawl.transaction("book", connection -> {
      add(connection, transfer.from(), -transfer.cents());
      return add(connection, transfer.to(), transfer.cents());
    });
  }

  /** No commit, no rollback: an exception undoes both bookings, and the step is tried again. */
  private static long add(Connection connection, String account, long cents) throws SQLException {
    try (PreparedStatement update =
            connection.prepareStatement("update accounts set cents = cents + ? where name = ?");
        PreparedStatement read = connection.prepareStatement("select cents from accounts where name = ?")) {
      update.setLong(1, cents);
      update.setString(2, account);
      if (update.executeUpdate() != 1) throw new IllegalArgumentException("there is no account " + account);
      read.setString(1, account);
      var row = read.executeQuery();
      row.next();
      return row.getLong(1);
    }
  }
}
// end::workflow[]
