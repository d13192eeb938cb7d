package dev.pawl.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What tests say, kept in files that the pages quote. {@code -Dpawl.quotes=write} brings them up to date. */
public final class Outputs {
  private Outputs() {}

  /** Fails unless the file holds these words. */
  public static void matches(String name, String words) {
    Path file = file(GuideTest.root(), name);
    try {
      if ("write".equals(System.getProperty("pawl.quotes"))) Files.writeString(file, words);
      assertThat(words).as("%s; -Dpawl.quotes=write brings it up to date", file.getFileName())
          .isEqualTo(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path file(Path root, String name) {
    return root.resolve("examples/src/test/resources/outputs").resolve(name);
  }
}
