package dev.pawl.server.wire;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Instants as they travel: ISO-8601 in UTC with microseconds. */
public final class Instants {
  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private Instants() {}

  public static String text(Instant at) {
    return FORM.format(at);
  }

  public static @Nullable String textOrNull(@Nullable Instant at) {
    return at == null ? null : FORM.format(at);
  }
}
