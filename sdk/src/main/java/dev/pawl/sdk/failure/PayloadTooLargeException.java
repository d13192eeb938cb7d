package dev.pawl.sdk.failure;

import org.jspecify.annotations.Nullable;

/**
 * A value does not fit into a payload, after compression and offload. Catch it to send less, or a reference; trying again
 * is pointless. Configure a blob store for values that have to be large.
 */
public final class PayloadTooLargeException extends PawlException {
  private static final long serialVersionUID = 1L;

  private final long bytes;
  private final long limit;

  /**
   * @param what for people: whose value it is
   * @param bytes size
   * @param limit largest size that is accepted
   */
  public PayloadTooLargeException(String what, long bytes, long limit) {
    super("%s has %,d bytes; at most %,d are accepted. Send less, compress, or configure a blob store.".formatted(
        what, bytes, limit), null, null);
    this.bytes = bytes;
    this.limit = limit;
  }

  /** A recorded one; sizes are 0 if they were not recorded. */
  public PayloadTooLargeException(long bytes, long limit, Origin origin, @Nullable Throwable cause) {
    super(origin.failure().message(), cause, origin);
    this.bytes = bytes;
    this.limit = limit;
  }

  /** Size in bytes. */
  public long bytes() {
    return bytes;
  }

  /** Largest accepted size in bytes. */
  public long limit() {
    return limit;
  }
}
