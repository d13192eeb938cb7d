package dev.pawl.testbed;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs that run to their end. */
final class Commands {

  private Commands() {}

  static void run(List<String> command) throws IOException {
    Path output = Files.createTempFile("pawl-", ".log");
    try {
      var process = new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectInput(new File("/dev/null"))
          .redirectOutput(output.toFile())
          .start();
      if (process.waitFor() != 0) {
        throw new IOException("%s ended with %d%n%s".formatted(command.getFirst(), process.exitValue(), lastLines(output)));
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  static String lastLines(Path file) {
    try {
      var lines = Files.readAllLines(file);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    } catch (IOException e) {
      return "";
    }
  }
}
