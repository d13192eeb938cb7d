package dev.pawl.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as users start it: real processes, a real SIGKILL. */
@Tag("long")
class DemoTest {
  @TempDir
  Path folder;

  @Test
  void survivesTheKill() throws IOException, InterruptedException {
    Ended demo = run();
    assertThat(demo.out()).as(demo.err()).contains(
        "kill -9", "worker 1 is dead",
        "replays the program of order-1",
        "charge order-1: asked again with the same key",
        "Checked: each of the 5 effects was done once and recorded once",
        "order-1  Receipt[orderId=order-1, charge=charge/order-1, tracking=parcel/order-1]",
        "order-2  failed: CardDeclined");
    assertThat(demo.out()).as("plain where there is no terminal").doesNotContain("\u001b");
    assertThat(demo.err()).isEmpty();
    assertThat(demo.code()).isZero();
    try (var left = Files.list(folder)) {
      assertThat(left).as("nothing is left behind").isEmpty();
    }
  }

  @Test
  void keepsTheDatabaseIfAsked() throws IOException, InterruptedException {
    Ended demo = run("--keep");
    assertThat(demo.code()).as(demo.out() + demo.err()).isZero();
    try (var left = Files.walk(folder)) {
      assertThat(left.map(file -> file.getFileName().toString())).contains("pawl.db", "effects.tsv");
    }
  }

  @Test
  void saysHowItIsUsed() throws IOException, InterruptedException {
    Ended demo = run("--fast");
    assertThat(demo.code()).isEqualTo(2);
    assertThat(demo.err()).contains("usage: ./pawl demo [--keep]");
  }

  private record Ended(int code, String out, String err) {}

  private Ended run(String... arguments) throws IOException, InterruptedException {
    Path out = Files.createTempFile("demo", ".out");
    Path err = Files.createTempFile("demo", ".err");
    List<String> command = new java.util.ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED",
        "-Djava.io.tmpdir=" + folder, "-cp", System.getProperty("java.class.path"), Demo.class.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("ends by itself").isTrue();
      return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      process.destroyForcibly();
      Files.delete(out);
      Files.delete(err);
    }
  }
}
