package dev.pawl.examples.demo;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A worker in a JVM of its own, with the class path of this one. It ends when its input does. */
final class WorkerProcess implements AutoCloseable {
  private final int number;
  private final Process process;

  private WorkerProcess(int number, Process process) {
    this.number = number;
    this.process = process;
  }

  /** Starts a worker; gives it back once it works. @throws IOException if it does not begin to */
  static WorkerProcess start(int number, Path database, Path journal, File log) throws IOException {
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m",
            "-cp", System.getProperty("java.class.path"), DemoWorker.class.getName(), Integer.toString(number),
            database.toString(), journal.toString())
        .redirectError(ProcessBuilder.Redirect.appendTo(log))
        .start();
    BufferedReader said = process.inputReader();
    String line = said.readLine();
    if (!DemoWorker.READY.equals(line)) {
      process.destroyForcibly();
      throw new IOException("worker %d did not start (it said: %s); see %s".formatted(number, line, log));
    }
    return new WorkerProcess(number, process);
  }

  int number() {
    return number;
  }

  long pid() {
    return process.pid();
  }

  /** SIGKILL: it cannot clean up, report or say goodbye. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Lets it finish and go. @return whether it did, and was content */
  boolean stop() throws IOException, InterruptedException {
    process.getOutputStream().close();
    return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
