package dev.pawl.engine.store.sql;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A connection of the user's own pool. It gets the dialect's settings, and gives them up before it goes back: a planner
 * setting of ours must not follow the user's queries.
 */
final class Borrowed {
  private Borrowed() {}

  interface Preparation {
    void prepare(Connection connection) throws SQLException;
  }

  static Connection prepared(Connection connection, Dialect dialect, Preparation preparation) throws SQLException {
    int isolation;
    try {
      isolation = connection.getTransactionIsolation();
      preparation.prepare(connection);
    } catch (SQLException | RuntimeException e) {
      giveBack(connection, dialect, Connection.TRANSACTION_NONE);
      throw e;
    }
    return (Connection) Proxy.newProxyInstance(Borrowed.class.getClassLoader(), new Class<?>[] {Connection.class},
        (proxy, method, arguments) -> {
          if (method.getName().equals("close") && !connection.isClosed()) {
            giveBack(connection, dialect, isolation);
            return null;
          }
          try {
            return method.invoke(connection, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
          }
        });
  }

  private static void giveBack(Connection connection, Dialect dialect, int isolation) throws SQLException {
    try {
      dialect.restore(connection);
      if (isolation != Connection.TRANSACTION_NONE) connection.setTransactionIsolation(isolation);
    } catch (SQLException broken) {
      // Nobody can use it with our settings: the pool it belongs to finds it broken as well.
    } finally {
      connection.close();
    }
  }
}
