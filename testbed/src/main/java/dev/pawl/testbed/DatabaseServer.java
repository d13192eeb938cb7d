package dev.pawl.testbed;

/** A database system of this JVM, and the ways to hurt it. */
public interface DatabaseServer {

  /** What to call it in a test's name, such as {@code postgres}. */
  String name();

  /** An empty database that nobody else uses. Starts the server if it is not running. */
  Database fresh();

  /** Ends the server at once, as a power cut would: SIGKILL for every process of it. */
  void kill();

  /** Ends the server in an orderly way: open transactions are rolled back, data is flushed. */
  void stop();

  /** Starts the server again on the same port and data, ending it first if it still runs. */
  void restart();
}
