package dev.pawl.server.wire;

import dev.pawl.core.value.Payload;
import dev.pawl.protocol.avro.AvroValue;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.json.Json;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value that lies outside: where its bytes are, and how to recognise them. The bytes are the base64 text that would have
 * been the envelope's blob.
 *
 * @param uri with a scheme and without credentials, at most 2048 characters
 * @param sha256 of the bytes, in hex
 * @param size of the bytes
 * @param expiresAt until when the store keeps it, in RFC 3339; null: nobody said
 */
public record Reference(String uri, String sha256, long size, @Nullable String expiresAt) {
  /** The member of an envelope that has it. */
  public static final String MEMBER = "external_storage";

  static final String CODEC = "avro-reference";

  private static final String SCHEMA = "durable-workflow.v2.external-payload-reference.v1";
  private static final int LONGEST_URI = 2_048;

  /**
   * @param at where it stands in the request
   * @throws Refusal 422 with the member that is wrong
   */
  public static Reference read(String at, @Nullable Object sent) {
    if (!(sent instanceof Map)) throw Refusal.invalid(at, "A reference to a stored payload is an object.");
    Map<String, @Nullable Object> it = Json.object(sent);
    if (!SCHEMA.equals(it.get("schema"))) throw Refusal.invalid(at + ".schema", "The schema must be " + SCHEMA + ".");
    if (!AvroValue.CODEC.equals(it.get("codec"))) {
      throw Refusal.invalid(at + ".codec", "unsupported_payload_codec: expected 'avro', got '%s'".formatted(it.get("codec")));
    }
    String hash = Json.string(it, "sha256", "");
    if (!hash.matches("[0-9a-f]{64}")) throw Refusal.invalid(at + ".sha256", "The sha256 must be 64 hex digits.");
    Long size = Json.integer(it, "size_bytes");
    if (size == null || size < 0) throw Refusal.invalid(at + ".size_bytes", "The size must be an integer of 0 or more.");
    return new Reference(uri(at + ".uri", Json.string(it, "uri", "")), hash, size,
        expiry(at + ".expires_at", it.get("expires_at")));
  }

  private static String uri(String at, String text) {
    if (text.length() > LONGEST_URI) {
      throw Refusal.invalid(at, "The uri must not be longer than %d characters.".formatted(LONGEST_URI));
    }
    try {
      URI uri = new URI(text);
      boolean whole = uri.getScheme() != null && uri.getRawPath() != null && uri.getRawPath().length() > 1;
      if (!whole) throw Refusal.invalid(at, "The uri must have a scheme and a path.");
      if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
        throw Refusal.invalid(at, "The uri must have no credentials, no query and no fragment.");
      }
      return text;
    } catch (URISyntaxException e) {
      throw Refusal.invalid(at, "The uri is none: " + e.getReason());
    }
  }

  private static @Nullable String expiry(String at, @Nullable Object sent) {
    if (sent == null) return null;
    try {
      return OffsetDateTime.parse(String.valueOf(sent)).toString();
    } catch (DateTimeParseException e) {
      throw Refusal.invalid(at, "The time must be of the form 2026-01-31T12:00:00Z.");
    }
  }

  /** As it stands in an envelope. */
  public Map<String, @Nullable Object> wire() {
    Map<String, @Nullable Object> it = Json.of("schema", SCHEMA, "uri", uri, "sha256", sha256, "size_bytes", size,
        "codec", AvroValue.CODEC);
    if (expiresAt != null) it.put("expires_at", expiresAt);
    return it;
  }

  Payload payload() {
    return Payload.wrap(CODEC, Json.write(wire()));
  }
}
