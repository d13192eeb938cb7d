package dev.pawl.sdk;

import java.io.Serializable;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * JDBC work that commits together with the record of its result. Commit, rollback and close are not its business.
 *
 * <p>Serializable only so that the result's type can be read from the lambda; nothing is ever serialized.
 */
@FunctionalInterface
public interface TransactionBody<T extends @Nullable Object> extends Serializable {
  /** Does the work on a connection whose transaction is open. An exception rolls it back and fails the attempt. */
  T in(Connection connection) throws Exception;
}
