package dev.pawl.testkit;

import dev.pawl.engine.PawlEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

/** A SQLite file of one test, in a folder of its own. It begins as a copy of a file that has the schema already. */
final class TestFile {
  private static byte[] empty = {};

  private final Path folder;

  TestFile() {
    try {
      folder = Files.createTempDirectory("pawl-test-");
      Files.write(file(), empty());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Made by the engine itself, once: creating the schema takes longer than many a test. */
  private static synchronized byte[] empty() throws IOException {
    if (empty.length > 0) return empty;
    Path scratch = Files.createTempDirectory("pawl-schema-");
    Path file = scratch.resolve("pawl.db");
    try {
      // The last connection that closes leaves everything in the one file.
      PawlEngine.open("jdbc:sqlite:" + file, config -> {
        config.duties = false;
        // A namespace that is there keeps its retention: closed runs must stay, however far a test skips.
        config.retention = config.retention.keeping(Duration.ofDays(36_525));
      }).close();
      return empty = Files.readAllBytes(file);
    } finally {
      delete(scratch);
    }
  }

  private Path file() {
    return folder.resolve("pawl.db");
  }

  String url() {
    return "jdbc:sqlite:" + file();
  }

  void delete() {
    try {
      delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
    }
  }
}
