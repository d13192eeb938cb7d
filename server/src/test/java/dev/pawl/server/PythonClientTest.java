package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker and a client that others wrote and published. Where their package cannot be installed this is skipped, with
 * the reason.
 */
@Tag("long")
class PythonClientTest {
  @Test
  void thePublishedPythonPackageRunsItsStoryUnmodified(@TempDir Path folder) throws Exception {
    Path python = installed(folder);
    Path large = folder.resolve("payloads/python");
    try (Wire wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), "--auth-token", "sesame", "--storage-folder",
        folder.resolve("payloads").toString())) {
      wire.put("/namespaces/default/external-storage", "driver", "local", "config",
          Map.of("uri", large.toUri().toString())).is(200);
      Ran story = run(folder, List.of(python.toString(),
          Path.of("src/test/python/order_story.py").toAbsolutePath().toString(), wire.url(), "sesame",
          large.toString()), 240);
      assertThat(story.output()).contains("all chapters passed");
      assertThat(story.exit()).isZero();
      assertThat(wire.server.engine().verify()).isEmpty();
    }
  }

  private static Path installed(Path folder) throws Exception {
    Path python = folder.resolve("venv/bin/python");
    List<List<String>> steps = List.of(List.of("python3", "-m", "venv", folder.resolve("venv").toString()),
        List.of(python.toString(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "durable-workflow>=2"));
    for (List<String> step : steps) {
      Ran ran;
      try {
        ran = run(folder, step, 180);
      } catch (IOException e) {
        ran = new Ran(-1, "there is no python3 here: " + e.getMessage());
      }
      assumeThat(ran.exit())
          .as("SKIPPED, NOT PASSED: the package durable-workflow cannot be installed here: %s", ran.output()).isZero();
    }
    return python;
  }

  private record Ran(int exit, String output) {}

  private static Ran run(Path folder, List<String> command, int seconds) throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command)).redirectErrorStream(true)
        .redirectOutput(output.toFile());
    builder.environment().keySet().removeAll(List.of("PYTHONPATH", "PYTHONHOME"));
    builder.environment().putAll(Map.of("PYTHONUNBUFFERED", "1"));
    Process process = builder.start();
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return new Ran(-1, "took longer than " + seconds + " s:\n" + Files.readString(output));
    }
    return new Ran(process.exitValue(), Files.readString(output));
  }
}
