package dev.pawl.testbed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;
import org.slf4j.LoggerFactory;

/** A server process on a free port of this machine, with its data in a temporary folder. */
abstract class LocalServer implements DatabaseServer {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private @Nullable Path folder;
  private @Nullable GuardedProcess process;
  private @Nullable String whyNot;
  private int port;
  private int databases;

  /** Creates the empty data folder {@code folder/data}; throws if this server cannot run here. */
  abstract void prepare(Path folder) throws IOException;

  /** The command that runs the server in the foreground. */
  abstract List<String> command(Path folder, int port);

  /** The address of a database, {@code ""} for the one that is always there. */
  abstract String url(int port, String database);

  abstract String user();

  /** The signal that asks the server to end in good order. */
  abstract String stopSignal();

  /** The signal for when nobody will need the data any more. */
  String lastSignal() {
    return "KILL";
  }

  @Override
  public final synchronized Database fresh() {
    if (whyNot == null) ensureRunning();
    if (whyNot != null) {
      throw new TestAbortedException("no %s on this machine: %s".formatted(name(), whyNot));
    }
    String database = "pawl_" + ++databases;
    try (var connection = DriverManager.getConnection(url(port, ""), user(), "");
        var statement = connection.createStatement()) {
      statement.execute("create database " + database);
    } catch (SQLException e) {
      throw new IllegalStateException("expected an empty database of " + name(), e);
    }
    return new Database(this, url(port, database), user(), "");
  }

  @Override
  public final synchronized void kill() {
    end("KILL");
  }

  @Override
  public final synchronized void stop() {
    end(stopSignal());
  }

  @Override
  public final synchronized void restart() {
    if (folder == null) throw new IllegalStateException("expected a server that had run: " + name());
    stop();
    try {
      process = launch(folder);
    } catch (IOException e) {
      throw new IllegalStateException("expected %s to start again".formatted(name()), e);
    }
  }

  /** Where its data lies. */
  final Path folder() {
    if (folder == null) throw new IllegalStateException("expected a server that had run: " + name());
    return folder;
  }

  final int port() {
    return port;
  }

  @Override
  public final String toString() {
    return name();
  }

  private void end(String signal) {
    if (process == null) return;
    process.end(signal);
    process = null;
  }

  private void ensureRunning() {
    if (process != null && process.isAlive()) return;
    if (folder != null) {
      restart();
      return;
    }
    try {
      Path fresh = Scratch.folder(name());
      prepare(fresh);
      process = launchOnFreePort(fresh);
      folder = fresh;
    } catch (IOException | RuntimeException e) {
      whyNot = String.valueOf(e.getMessage());
      LoggerFactory.getLogger(getClass()).error("no {}: the tests that need it are SKIPPED", name(), e);
    }
  }

  private GuardedProcess launchOnFreePort(Path folder) throws IOException {
    for (int attempt = 1; ; attempt++) {
      port = freePort();
      try {
        return launch(folder);
      } catch (IOException e) {
        // Somebody may have taken the port after we looked; a third refusal has another cause.
        if (attempt == 3) throw e;
      }
    }
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private GuardedProcess launch(Path folder) throws IOException {
    return launch(folder, port);
  }

  /** Starts it on a folder and waits until it takes connections. */
  final GuardedProcess launch(Path folder, int port) throws IOException {
    var started = GuardedProcess.start(folder, lastSignal(), command(folder, port));
    String refusal = "";
    for (long start = System.nanoTime(); System.nanoTime() - start < PATIENCE.toNanos() && started.isAlive(); ) {
      try (var connection = DriverManager.getConnection(url(port, ""), user(), "")) {
        if (connection.isValid(5)) return started;
      } catch (SQLException notYet) {
        refusal = String.valueOf(notYet.getMessage());
      }
      started.pause(Duration.ofMillis(30));
    }
    started.end("KILL");
    throw new IOException("it did not come up: %s%n%s".formatted(refusal, Commands.lastLines(folder.resolve("log"))));
  }
}
