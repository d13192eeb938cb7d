package dev.pawl.core.task;

import java.util.UUID;

/** One incarnation of a worker process; a restarted process is a new session. */
public record SessionId(UUID value) {
  public static SessionId random() {
    return new SessionId(UUID.randomUUID());
  }

  public static SessionId parse(String text) {
    return new SessionId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
