package dev.pawl.testbed.fault;

/** What one connection's transaction would be after the requests that went out; put right by the server's answers. */
final class Transaction {
  /** Schema changes commit, as on MySQL and MariaDB. */
  private final boolean definitionsCommit;

  private boolean autocommit = true;
  private boolean begun;
  private boolean wrote;
  private boolean failed;

  Transaction(boolean definitionsCommit) {
    this.definitionsCommit = definitionsCommit;
  }

  boolean open() {
    return begun || !autocommit;
  }

  /**
   * Runs a statement.
   *
   * @return whether it makes writes durable. A write in autocommit does; on PostgreSQL only with the end of its request,
   *     which makes no difference to anybody who counts requests.
   */
  boolean run(Sql.Kind kind) {
    return switch (kind) {
      case BEGIN -> {
        boolean commits = definitionsCommit && wrote;
        begun = true;
        if (commits) wrote = false;
        yield commits;
      }
      case COMMIT -> end(false);
      case COMMIT_AND_CHAIN -> end(true);
      case ROLLBACK -> {
        wrote = false;
        failed = false;
        begun = false;
        yield false;
      }
      case AUTOCOMMIT_ON -> {
        boolean commits = !autocommit && end(false);
        autocommit = true;
        yield commits;
      }
      case AUTOCOMMIT_OFF -> {
        autocommit = false;
        yield false;
      }
      case WRITE -> write();
      case DEFINE -> {
        if (!definitionsCommit) yield write();
        begun = false;
        wrote = false;
        yield true;
      }
      case OTHER -> false;
    };
  }

  private boolean write() {
    if (!open()) return true;
    wrote = true;
    return false;
  }

  private boolean end(boolean chain) {
    boolean commits = wrote && !failed;
    wrote = false;
    failed = false;
    begun = chain;
    return commits;
  }

  /** The server's word, when no request is on its way. */
  void settle(boolean open, boolean inFailure) {
    begun = open;
    failed = inFailure;
    if (!open) wrote = false;
  }

  /** The server's word on autocommit, where it gives one. */
  void settleAutocommit(boolean on) {
    autocommit = on;
  }
}
