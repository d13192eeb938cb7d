package dev.pawl.testbed.process;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A JVM with this JVM's class path. Its output, both streams as one, is kept line by line.
 *
 * <pre>{@code
 * var worker = JavaProcess.of(WorkerMain.class).args(url, "worker-1").start();
 * worker.awaitLine("ready", Duration.ofSeconds(20));
 * worker.kill9();
 * }</pre>
 */
public final class JavaProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Becomes the JVM itself, so that signals reach it; the watcher waits for the end of the pipe that is its input. */
  private static final String WATCHED =
      """
      exec 3<&0
      { read -r _ <&3; kill -KILL $$; } >/dev/null 2>&1 </dev/null &
      exec "$@" 3<&- </dev/null
      """;

  private final Process process;
  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<String> lines = new ArrayList<>();
  private boolean silent;

  private JavaProcess(Process process, String name) {
    this.process = process;
    this.name = name;
    Thread.ofPlatform().daemon().name("output-of-" + name).start(this::listen);
  }

  /** A JVM that runs {@code main}. */
  public static Recipe of(Class<?> main) {
    return new Recipe(main);
  }

  /** What to start. The JVM is small and starts fast unless told otherwise. */
  public static final class Recipe {
    private final Class<?> main;
    private static final List<String> PLAIN =
        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m", "--enable-native-access=ALL-UNNAMED");

    private final List<String> options = new ArrayList<>(PLAIN);
    private final Map<String, String> environment = new LinkedHashMap<>();
    private List<String> arguments = List.of();
    private @Nullable Class<?> trial;

    private Recipe(Class<?> main) {
      this.main = main;
    }

    public Recipe args(Object... all) {
      var texts = new ArrayList<String>();
      for (Object argument : all) texts.add(argument.toString());
      arguments = texts;
      return this;
    }

    /** Options of the JVM, such as {@code -Xmx512m}; a later one wins over an earlier one. */
    public Recipe jvm(String... more) {
      options.addAll(List.of(more));
      return this;
    }

    public Recipe property(String name, Object value) {
      options.add("-D" + name + "=" + value);
      return this;
    }

    /** A main class that loads what this one loads, on a folder of its own, and ends: so that many may start fast. */
    public Recipe likeIn(Class<?> trial) {
      this.trial = trial;
      return this;
    }

    public Recipe environment(String name, String value) {
      environment.put(name, value);
      return this;
    }

    /** The clock that {@link OffsetClock#ofThisProcess} gives in there. */
    public Recipe clock(OffsetClock clock) {
      return property(OffsetClock.PROPERTY, clock.file().toAbsolutePath());
    }

    public JavaProcess start() {
      var command = new ArrayList<>(List.of("sh", "-c", WATCHED, main.getSimpleName(),
          Path.of(System.getProperty("java.home"), "bin", "java").toString()));
      command.addAll(FastStart.options(trial, PLAIN));
      command.addAll(options);
      command.addAll(List.of("-cp", FastStart.classPath(), main.getName()));
      command.addAll(arguments);
      var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectInput(Redirect.PIPE);
      builder.environment().putAll(environment);
      try {
        return new JavaProcess(builder.start(), main.getSimpleName());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  // ---- what it says

  private void listen() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = reader.readLine()) != null) heard(line);
    } catch (IOException gone) {
      // It was killed in the middle of a line.
    } finally {
      lock.lock();
      try {
        silent = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void heard(String line) {
    lock.lock();
    try {
      lines.add(line);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Everything it has said so far. */
  public List<String> lines() {
    lock.lock();
    try {
      return List.copyOf(lines);
    } finally {
      lock.unlock();
    }
  }

  /** The first line that contains a text, said already or yet to come. */
  public String awaitLine(String text, Duration patience) {
    return awaitLine(line -> line.contains(text), 1, "a line with '" + text + "'", patience);
  }

  /**
   * The {@code count}-th line, from 1, that fits.
   *
   * @throws IllegalStateException with the output's end, if it does not come in time or the process ends without it
   */
  public String awaitLine(Predicate<String> fits, int count, String what, Duration patience) {
    long left = patience.toNanos();
    int looked = 0;
    int found = 0;
    lock.lock();
    try {
      while (true) {
        for (; looked < lines.size(); looked++) {
          if (fits.test(lines.get(looked)) && ++found == count) return lines.get(looked);
        }
        if (silent || left <= 0) throw complaint(what);
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      lock.unlock();
    }
  }

  private IllegalStateException complaint(String what) {
    int from = Math.max(0, lines.size() - 30);
    return new IllegalStateException("expected %s from %s, which %s:%n%s".formatted(what, name,
        silent ? "ended" : "runs on", String.join("\n", lines.subList(from, lines.size()))));
  }

  // ---- what is done to it

  /** SIGKILL, and waits for the end. A stopped process is killed too. */
  public void kill9() {
    process.destroyForcibly();
    awaitExit(PATIENCE);
  }

  /** SIGTERM; it may take its time, and what it says meanwhile is heard. */
  public void terminate() {
    signal("TERM");
  }

  /** SIGSTOP: every thread stands still when this returns. Its sockets stay open, its clock runs on. */
  public void stop() {
    signal("STOP");
    for (long start = System.nanoTime(); !stopped(); Thread.onSpinWait()) {
      if (!isAlive() || System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IllegalStateException("expected %s (%d) to stop".formatted(name, pid()));
      }
    }
  }

  /** SIGCONT: goes on as if nothing had been. */
  public void cont() {
    signal("CONT");
  }

  private void signal(String signal) {
    run("kill", "-" + signal, Long.toString(pid()));
  }

  private boolean stopped() {
    Path threads = Path.of("/proc", Long.toString(pid()), "task");
    if (!Files.isDirectory(threads)) return run("ps", "-o", "state=", "-p", Long.toString(pid())).startsWith("T");
    try (var each = Files.list(threads)) {
      for (Path thread : each.toList()) {
        String status = Files.readString(thread.resolve("stat"));
        // "pid (name) state ...": the name may hold anything, even a parenthesis
        if (status.charAt(status.lastIndexOf(')') + 2) != 'T') return false;
      }
      return true;
    } catch (IOException | UncheckedIOException changing) {
      return false; // a thread ended while we looked
    }
  }

  private static String run(String... command) {
    try {
      var program = new ProcessBuilder(command).redirectErrorStream(true).redirectInput(new File("/dev/null")).start();
      String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (program.waitFor() != 0) throw new IllegalStateException(String.join(" ", command) + ": " + output);
      return output;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(String.join(" ", command), e);
    }
  }

  /**
   * Waits for the end.
   *
   * @return the exit code; 137 after SIGKILL
   * @throws IllegalStateException with the output's end, if it does not end in time
   */
  public int awaitExit(Duration patience) {
    try {
      if (process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    lock.lock();
    try {
      throw complaint("the end");
    } finally {
      lock.unlock();
    }
  }

  /** Kills it, if it still runs. */
  @Override
  public void close() {
    if (isAlive()) kill9();
  }
}
