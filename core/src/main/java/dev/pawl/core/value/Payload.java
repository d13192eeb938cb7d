package dev.pawl.core.value;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Bytes of a user, with the name of the codec that wrote them. The engine carries them and never looks inside; what
 * comes back is byte for byte what went in.
 */
public final class Payload {
  /** Codec of plain JSON text in UTF-8. */
  public static final String JSON = "json";

  /** The largest payload that is accepted, in decoded bytes: 2 MiB. */
  public static final int MAX_BYTES = 2 * 1024 * 1024;

  /** JSON {@code null}. */
  public static final Payload NULL = json("null");

  private final String codec;
  private final byte[] bytes;

  private Payload(String codec, byte[] bytes) {
    this.codec = codec;
    this.bytes = bytes;
  }

  /** A payload over a copy of {@code bytes}; {@code codec} is a short name such as {@code json} or {@code avro}. */
  public static Payload of(String codec, byte[] bytes) {
    return new Payload(codec, bytes.clone());
  }

  /** A payload over {@code bytes} itself; the caller promises never to change them. */
  public static Payload wrap(String codec, byte[] bytes) {
    return new Payload(codec, bytes);
  }

  /** A payload of JSON text. The text is not parsed. */
  public static Payload json(String text) {
    return new Payload(JSON, text.getBytes(StandardCharsets.UTF_8));
  }

  public String codec() {
    return codec;
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** A read-only view of the bytes, without a copy. */
  public ByteBuffer view() {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  /** Length in bytes. */
  public int size() {
    return bytes.length;
  }

  /** The bytes as text, if they are well-formed UTF-8; empty otherwise. */
  public Optional<String> utf8() {
    // Malformed bytes always become U+FFFD, so a text without one is exact; this is several times as fast.
    String quick = new String(bytes, StandardCharsets.UTF_8);
    if (quick.indexOf('\uFFFD') < 0) return Optional.of(quick);
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return Optional.of(text.toString());
    } catch (CharacterCodingException notText) {
      return Optional.empty();
    }
  }

  /** The bytes as text; malformed sequences become replacement characters. For messages, never for storing. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload that && codec.equals(that.codec) && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * codec.hashCode() + Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    String shown = text();
    return codec + ":" + (shown.length() > 80 ? shown.substring(0, 80) + "... (" + bytes.length + " bytes)" : shown);
  }
}
