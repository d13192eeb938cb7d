package dev.pawl.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A server process that never outlives this JVM, even if the JVM is killed.
 *
 * <p>It runs under a small shell with a watcher beside it that waits for the end of the shell's input. When
 * the JVM ends, however it ends, that input closes: the watcher ends the server and deletes its folder.
 * The shell lives exactly as long as the server does.
 */
final class GuardedProcess {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String GUARD =
      """
      folder=$1; last=$2; shift 2
      exec 3<&0
      "$@" </dev/null 3<&- >>"$folder/log" 2>&1 &
      server=$!
      echo "$server" >"$folder/pid.new" && mv "$folder/pid.new" "$folder/pid"
      {
        read -r _
        trap '' TERM
        kill "-$last" "$server"; sleep 2; kill -KILL "$server"
        rm -rf "$folder" || { sleep 2; rm -rf "$folder"; }
      } <&3 >/dev/null 2>&1 &
      watcher=$!
      trap '' INT TERM HUP
      wait "$server"
      kill -TERM "$watcher"
      """;

  private final Path folder;
  private final Process guard;

  private GuardedProcess(Path folder, Process guard) {
    this.folder = folder;
    this.guard = guard;
  }

  /** Starts the server; {@code lastSignal} is what it gets when this JVM is gone. */
  static GuardedProcess start(Path folder, String lastSignal, List<String> command) throws IOException {
    Files.deleteIfExists(folder.resolve("pid"));
    var guarded = new ArrayList<>(List.of("sh", "-c", GUARD, "pawl-testbed", folder.toString(), lastSignal));
    guarded.addAll(command);
    var guard = new ProcessBuilder(guarded)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
    return new GuardedProcess(folder, guard);
  }

  boolean isAlive() {
    return guard.isAlive();
  }

  /** Sends a signal and waits for the end; KILL goes to every process of the server. */
  void end(String signal) {
    try {
      while (guard.isAlive() && !Files.exists(folder.resolve("pid"))) pause(Duration.ofMillis(5));
      if (guard.isAlive()) {
        long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
        var children = ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants).toList();
        Commands.run(List.of("kill", "-" + signal, Long.toString(pid)));
        if (signal.equals("KILL")) {
          children.forEach(ProcessHandle::destroyForcibly);
          // A child that is still on its way out keeps the shared memory, and PostgreSQL does not start beside it.
          for (long start = System.nanoTime();
              children.stream().anyMatch(GuardedProcess::runs) && System.nanoTime() - start < PATIENCE.toNanos(); ) {
            LockSupport.parkNanos(2_000_000L);
          }
        }
      }
      if (!guard.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("expected the server in %s to end on SIG%s".formatted(folder, signal));
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("expected the server in %s to end on SIG%s".formatted(folder, signal), e);
    }
  }

  /** A dead process that nobody has collected yet holds nothing but its number. */
  private static boolean runs(ProcessHandle process) {
    if (!process.isAlive()) return false;
    try {
      String status = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      // "pid (name) state ...": the name may hold anything, even a parenthesis
      return "ZX".indexOf(status.charAt(status.lastIndexOf(')') + 2)) < 0;
    } catch (IOException goneOrNotLinux) {
      return process.isAlive();
    }
  }

  /** Waits a little, less if the server ends. */
  void pause(Duration time) {
    try {
      guard.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
