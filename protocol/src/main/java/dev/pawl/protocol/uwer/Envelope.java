package dev.pawl.protocol.uwer;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The JSON envelope, version 5.
 *
 * @param version {@code 5.} and a number
 * @param traceparent W3C trace context, version 00
 */
public record Envelope(String version, UUID messageId, @Nullable String traceparent, UwerMessage message) {
  public static final String VERSION = "5.0";

  /** Its media type. */
  public static final String MEDIA_TYPE = "application/json";

  /** The largest document that is read, in bytes: 4 MiB. */
  public static final int MAX_BYTES = 4 * 1024 * 1024;

  public static Envelope of(UUID messageId, UwerMessage message) {
    return new Envelope(VERSION, messageId, null, message);
  }

  /** Reads a document. Never throws for what it holds. */
  public static Parsed<Envelope> read(byte[] document) {
    return Parsed.of(() -> EnvelopeReader.read(JsonReader.read(document, MAX_BYTES)));
  }

  /** The document. */
  public String write() {
    return json().write();
  }

  /** The document as a value, to stand in another one. */
  public Json json() {
    return EnvelopeWriter.envelope(this);
  }
}
