package dev.pawl.protocol.uwer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The schemas of both forms, as they lie in the jar. */
public final class UwerSchemas {
  private UwerSchemas() {}

  /** JSON Schema 2020-12 of the envelope 5.0. */
  public static String envelope() {
    return text("envelope-5.0.json");
  }

  /** XML Schema of the task 4.2. */
  public static String legacyTask() {
    return text("task-4.2.xsd");
  }

  private static String text(String name) {
    try (InputStream in = UwerSchemas.class.getResourceAsStream(name)) {
      if (in == null) throw new IllegalStateException(name + " is missing from the jar");
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be read", e);
    }
  }
}
