package dev.pawl.sdk.failure;

import dev.pawl.core.value.Payload;
import java.lang.reflect.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something took longer than it may. */
public final class TimedOutException extends PawlException {
  private static final long serialVersionUID = 1L;

  private final String kind;
  private final transient @Nullable Payload lastHeartbeat;
  private final transient @Nullable DetailsReader reader;

  /** @param kind {@code schedule_to_start}, {@code start_to_close}, {@code heartbeat}, {@code execution}, {@code run} ... */
  public TimedOutException(String kind, String message) {
    super(message, null, null);
    this.kind = kind;
    this.lastHeartbeat = null;
    this.reader = null;
  }

  /** The timeout of an activity that had reported progress. */
  public TimedOutException(String kind, String message, @Nullable Payload lastHeartbeat, DetailsReader reader) {
    super(message, null, null);
    this.kind = kind;
    this.lastHeartbeat = lastHeartbeat;
    this.reader = reader;
  }

  /** A recorded one. */
  public TimedOutException(String kind, Origin origin, @Nullable Throwable cause) {
    super(origin.failure().message(), cause, origin);
    this.kind = kind;
    this.lastHeartbeat = null;
    this.reader = null;
  }

  /** Which limit passed: {@code start_to_close}, {@code heartbeat}, {@code run} ...; empty text if it was not recorded. */
  public String kind() {
    return kind;
  }

  /** The details of the activity's last heartbeat; empty if there are none, or if the failure crossed a workflow. */
  public <T> Optional<T> lastHeartbeat(Class<T> as) {
    return lastHeartbeat((Type) as).map(as::cast);
  }

  /** See {@link #lastHeartbeat(Class)}. */
  public Optional<Object> lastHeartbeat(Type as) {
    return lastHeartbeat == null || reader == null ? Optional.empty() : Optional.ofNullable(reader.read(lastHeartbeat, as));
  }
}
