package dev.pawl.engine.store.sql;

import java.sql.SQLException;
import java.util.List;

/** A way to commit a group in one transaction. */
interface CommitPath {
  /**
   * Begins, writes and commits. On an exception nothing was written, unless it means that the connection is lost.
   *
   * @return per write whether its guards held and it was written
   */
  boolean[] commit(Link link, List<Packed> group, long commitId) throws SQLException;
}
