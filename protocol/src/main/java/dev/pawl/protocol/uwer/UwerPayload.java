package dev.pawl.protocol.uwer;

import dev.pawl.core.value.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A payload as the contract carries it.
 *
 * @param contentType for example {@code application/json}, without parameters
 * @param schema absolute URI of a registered schema
 * @param digest as the sender states it; checked against the content where the contract says of what it is
 */
public record UwerPayload(String contentType, @Nullable String schema, @Nullable String digest, Content content) {

  public sealed interface Content {
    /** A JSON value; text and canonical XML travel as a string. */
    record Data(Json value) implements Content {}

    /** Bytes. Never changed by anybody who holds it. */
    record Bytes(byte[] bytes) implements Content {
      @Override
      public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
      }

      @Override
      public int hashCode() {
        return Arrays.hashCode(bytes);
      }

      @Override
      public String toString() {
        return bytes.length + " bytes";
      }
    }
  }

  /**
   * A payload of the engine's on its way out: JSON as data, other text as a string, everything else as base64.
   *
   * @param schema absolute URI; null: none
   */
  public static UwerPayload of(Payload payload, @Nullable String schema) {
    String contentType = payload.codec().equals(Payload.JSON) ? "application/json" : payload.codec();
    UwerPayload raw = new UwerPayload(contentType, schema, null, new Content.Bytes(payload.bytes()));
    String text = payload.utf8().orElse(null);
    if (text == null) return raw;
    if (!raw.json()) return raw.with(new Content.Data(new Json.Str(text)));
    try {
      return raw.with(new Content.Data(JsonReader.read(text)));
    } catch (Refusal noJson) {
      return raw;
    }
  }

  private UwerPayload with(Content other) {
    return new UwerPayload(contentType, schema, digest, other);
  }

  /** As it stands in an envelope. */
  public Json toJson() {
    return EnvelopeWriter.payload(this, true);
  }

  /** Reads one from a value. @param at where it stands, as a JSON pointer */
  public static Parsed<UwerPayload> read(Json value, String at) {
    return Parsed.of(() -> EnvelopeReader.payload(value, at));
  }

  /** Whether the content type says JSON. */
  public boolean json() {
    return contentType.equals("application/json") || contentType.endsWith("+json");
  }

  /** Whether the content type says XML. */
  boolean xml() {
    return contentType.endsWith("/xml") || contentType.endsWith("+xml");
  }

  /**
   * What the handler gets: the bytes, or the text of the data. JSON keeps the text of its numbers.
   *
   * @return with the content type as codec, or {@link Payload#JSON} for application/json
   */
  public Payload decoded() {
    String codec = contentType.equals("application/json") ? Payload.JSON : contentType;
    return switch (content) {
      case Content.Bytes raw -> Payload.of(codec, raw.bytes());
      case Content.Data data -> Payload.wrap(codec, text(data.value()).getBytes(StandardCharsets.UTF_8));
    };
  }

  private String text(Json value) {
    return !json() && value instanceof Json.Str string ? string.value() : JsonWriter.write(value);
  }
}
