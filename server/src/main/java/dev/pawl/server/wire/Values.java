package dev.pawl.server.wire;

import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.protocol.avro.AvroValue;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.json.Json;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Durable values between the wire and the engine. On the wire a value is an envelope, {@code {"codec":"avro","blob":...}},
 * a reference to where its bytes are kept, or plain JSON; in the engine it is bytes with the name of their codec. What a Java program wrote as JSON is handed to
 * other languages in the codec that they know.
 */
public final class Values {
  private static final Set<String> ENVELOPE = Set.of("codec", "blob");
  private static final Set<String> REFERENCE = Set.of("codec", Reference.MEMBER);

  private Values() {}

  /** The arguments of a call: an envelope of a list, a list, or one value that is the only argument. */
  public static Payload arguments(String field, @Nullable Object sent) {
    if (sent == null) return avro(field, List.of());
    Payload enveloped = enveloped(field, sent);
    if (enveloped != null) return enveloped;
    return avro(field, sent instanceof List<?> ? sent : List.of(sent));
  }

  /** One value: an envelope, or anything else as it stands. */
  public static @Nullable Payload value(String field, @Nullable Object sent) {
    if (sent == null) return null;
    Payload enveloped = enveloped(field, sent);
    return enveloped != null ? enveloped : avro(field, sent);
  }

  /** One value that is sent as an envelope or as the bare text of its blob. */
  public static @Nullable Payload blob(String field, @Nullable Object sent) {
    return sent instanceof String text ? decoded(field, text) : value(field, sent);
  }

  private static @Nullable Payload enveloped(String field, Object sent) {
    if (!(sent instanceof Map<?, ?> map)) return null;
    boolean reference = map.keySet().equals(REFERENCE);
    if (!reference && !map.keySet().equals(ENVELOPE)) return null;
    if (!AvroValue.CODEC.equals(map.get("codec"))) {
      throw Refusal.invalid(field + ".codec",
          "unsupported_payload_codec: expected 'avro', got '%s'".formatted(map.get("codec")));
    }
    if (reference) {
      return Reference.read(field + "." + Reference.MEMBER, map.get(Reference.MEMBER)).payload();
    }
    if (!(map.get("blob") instanceof String blob)) {
      throw Refusal.invalid(field + ".blob", "The blob must be base64 text.");
    }
    return decoded(field, blob);
  }

  private static Payload decoded(String field, String blob) {
    byte[] bytes;
    try {
      // Java's decoder forgives missing padding; the contract does not.
      if (blob.length() % 4 != 0) throw new IllegalArgumentException("its length is no multiple of 4");
      bytes = Base64.getDecoder().decode(blob);
    } catch (IllegalArgumentException e) {
      throw Refusal.invalid(field + ".blob", "The blob must be base64 text: " + e.getMessage());
    }
    try {
      AvroValue.read(bytes);
    } catch (RejectedException e) {
      throw Refusal.invalid(field + ".blob", "The blob is no value: " + e.rejection().message());
    }
    return Payload.wrap(AvroValue.CODEC, bytes);
  }

  static Payload avro(String field, @Nullable Object value) {
    try {
      return Payload.wrap(AvroValue.CODEC, AvroValue.write(value));
    } catch (RejectedException e) {
      throw Refusal.invalid(field, e.rejection().message());
    }
  }

  // ---- back

  /** The value itself, with bytes as base64 text; null: there is none. */
  public static @Nullable Object plain(@Nullable Payload payload) {
    return payload == null ? null : plain(raw(payload));
  }

  private static @Nullable Object raw(Payload payload) {
    try {
      if (payload.codec().equals(AvroValue.CODEC)) return AvroValue.read(payload.bytes());
      if (payload.codec().equals(Reference.CODEC)) return Json.stored(payload.text());
      if (payload.codec().equals(Payload.JSON)) return Json.read(payload.bytes());
    } catch (RejectedException | Json.Malformed e) {
      // Bytes of a user that only the user can read.
    }
    return payload.bytes();
  }

  private static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
      case List<?> list -> {
        List<@Nullable Object> copy = new ArrayList<>(list.size());
        for (Object one : list) copy.add(plain(one));
        yield copy;
      }
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, one) -> copy.put(String.valueOf(key), plain(one)));
        yield copy;
      }
      case null, default -> value;
    };
  }

  /**
   * The envelope of the list of all arguments; null: there are none. A Java program writes one argument as it is and
   * several as a list, so a list of JSON is taken for all of them: whoever means one argument that is a list puts it into
   * another one.
   */
  public static @Nullable Map<String, @Nullable Object> argumentList(@Nullable Payload payload) {
    return payload == null ? null : envelope(listed(payload));
  }

  /** The arguments themselves. */
  public static @Nullable Object plainArguments(@Nullable Payload payload) {
    return payload == null ? null : plain(raw(listed(payload)));
  }

  private static Payload listed(Payload payload) {
    if (payload.codec().equals(AvroValue.CODEC) || payload.codec().equals(Reference.CODEC)) return payload;
    Object value = raw(payload);
    return Payload.wrap(AvroValue.CODEC, AvroValue.write(fitting(value instanceof List<?> ? value : Arrays.asList(value))));
  }

  /** The envelope of a value; null: there is none. */
  public static @Nullable Map<String, @Nullable Object> envelope(@Nullable Payload payload) {
    if (payload == null) return null;
    return payload.codec().equals(Reference.CODEC)
        ? Json.of("codec", AvroValue.CODEC, Reference.MEMBER, Json.stored(payload.text()))
        : Json.of("codec", AvroValue.CODEC, "blob", blob(payload));
  }

  private static String blob(Payload payload) {
    byte[] bytes = payload.codec().equals(AvroValue.CODEC) ? payload.bytes() : AvroValue.write(fitting(raw(payload)));
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** JSON of a Java program may hold numbers that the codec has no place for. */
  private static @Nullable Object fitting(@Nullable Object value) {
    return switch (value) {
      case BigInteger number when number.bitLength() > 63 -> number.toString();
      case Double number when !Double.isFinite(number) -> number.toString();
      case List<?> list -> {
        List<@Nullable Object> copy = new ArrayList<>(list.size());
        for (Object one : list) copy.add(fitting(one));
        yield copy;
      }
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, one) -> copy.put(String.valueOf(key), fitting(one)));
        yield copy;
      }
      case null, default -> value;
    };
  }
}
