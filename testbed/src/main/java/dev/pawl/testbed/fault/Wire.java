package dev.pawl.testbed.fault;

/** What is spoken on the wire. */
public enum Wire {
  POSTGRES,
  /** MariaDB too. */
  MYSQL,
  /** Anything: bytes without meaning, faults of commits never fire. */
  RAW;

  Conversation conversation() {
    return switch (this) {
      case POSTGRES -> new PostgresConversation();
      case MYSQL -> new MysqlConversation();
      case RAW -> new RawConversation();
    };
  }
}
