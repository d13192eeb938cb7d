package dev.pawl.testbed.fault;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The disk under some files of one process is broken for as long as this is open: every {@code fsync} and {@code
 * fdatasync} of them ends with EIO. Done by {@code strace}, which only Linux has, and not every one.
 */
public final class BrokenDisk implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process strace;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final StringBuilder said = new StringBuilder();
  private int fired;

  private BrokenDisk(Process strace) {
    this.strace = strace;
    Thread.ofPlatform().daemon().name("broken-disk").start(this::listen);
  }

  /** Whether this machine can do it. */
  public static boolean possible() {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
      if (Files.isExecutable(Path.of(folder, "strace"))) return true;
    }
    return false;
  }

  /** @param files as the process has opened them, or will */
  public static BrokenDisk under(long pid, List<Path> files) {
    var command = new ArrayList<>(List.of("strace", "-f", "-q", "-p", Long.toString(pid), "-e", "trace=fsync,fdatasync", "-e",
        "inject=fsync,fdatasync:error=EIO"));
    for (Path file : files) command.addAll(List.of("-P", file.toAbsolutePath().toString()));
    try {
      return new BrokenDisk(new ProcessBuilder(command).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void listen() {
    try (BufferedReader reader = strace.inputReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = reader.readLine()) != null) {
        lock.lock();
        try {
          said.append(line).append('\n');
          if (line.contains("(INJECTED)")) fired++;
          changed.signalAll();
        } finally {
          lock.unlock();
        }
      }
    } catch (IOException over) {
      // It was closed.
    }
  }

  /** Waits until so many have failed since it broke. @return how many have */
  public int awaitFired(int count) {
    long left = PATIENCE.toNanos();
    lock.lock();
    try {
      while (fired < count) {
        if (left <= 0) throw new IllegalStateException("expected %d failures, got %d: %s".formatted(count, fired, said));
        left = changed.awaitNanos(left);
      }
      return fired;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      lock.unlock();
    }
  }

  /** The disk is whole again. */
  @Override
  public void close() {
    strace.destroy();
    try {
      if (!strace.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) strace.destroyForcibly();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
