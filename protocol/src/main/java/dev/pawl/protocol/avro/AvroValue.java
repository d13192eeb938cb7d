package dev.pawl.protocol.avro;

import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RejectedException;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values as bytes and back. A value is null, a Boolean, a Long, a Double, a String, a {@code byte[]}, a List or a Map
 * with texts as keys; other whole numbers are written as long if they fit.
 */
public final class AvroValue {
  /** Name of this codec. */
  public static final String CODEC = "avro";

  /**
   * Codec of the details of a failure of another language: JSON with {@code class}, {@code code} and {@code details},
   * which is {@code {"codec":"avro","blob":"base64"}} or null.
   */
  public static final String FAILURE_CODEC = "avrofailure";

  private static final byte[] HEAD = {
    (byte) 0xC3, 0x01, (byte) 0xE2, (byte) 0xA3, 0x3D, (byte) 0xFF, 0x55, (byte) 0x80, 0x22, 0x37
  };
  private static final int MAX_DEPTH = 200;

  private AvroValue() {}

  /** @throws RejectedException {@code invalid_argument} for a value that the schema has no place for */
  public static byte[] write(@Nullable Object value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64);
    out.writeBytes(HEAD);
    write(out, value, 0);
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, @Nullable Object value, int depth) {
    if (depth > MAX_DEPTH) throw wrong("nested deeper than %d levels".formatted(MAX_DEPTH));
    switch (value) {
      case null -> out.write(0x00);
      case Boolean bool -> {
        out.write(0x02);
        out.write(bool ? 1 : 0);
      }
      case Long number -> whole(out, number);
      case Integer number -> whole(out, number.longValue());
      case Short number -> whole(out, number.longValue());
      case BigInteger number -> {
        if (number.bitLength() > 63) throw wrong("expected an integer of 64 bits, got " + number);
        whole(out, number.longValue());
      }
      case Double number -> real(out, number);
      case Float number -> real(out, number.doubleValue());
      case byte[] bytes -> {
        out.write(0x08);
        varint(out, bytes.length);
        out.writeBytes(bytes);
      }
      case String text -> {
        out.write(0x0A);
        text(out, text);
      }
      case List<?> list -> {
        out.write(0x0C);
        if (!list.isEmpty()) {
          varint(out, list.size());
          for (Object each : list) write(out, each, depth + 1);
        }
        out.write(0x00);
      }
      case Map<?, ?> map -> {
        out.write(0x0E);
        if (!map.isEmpty()) {
          varint(out, map.size());
          for (var entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String key)) throw wrong("expected texts as keys of a map");
            text(out, key);
            write(out, entry.getValue(), depth + 1);
          }
        }
        out.write(0x00);
      }
      default -> throw wrong("expected a value of JSON, got a " + value.getClass().getSimpleName());
    }
  }

  private static void whole(ByteArrayOutputStream out, long number) {
    out.write(0x04);
    varint(out, number);
  }

  private static void real(ByteArrayOutputStream out, double number) {
    if (!Double.isFinite(number)) throw wrong("expected a finite number, got " + number);
    out.write(0x06);
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(number).array());
  }

  private static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes;
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
    } catch (CharacterCodingException e) {
      throw wrong("expected well-formed text, got half a surrogate pair");
    }
    varint(out, bytes.length);
    out.writeBytes(bytes);
  }

  /** Zig-zag, seven bits at a time. */
  private static void varint(ByteArrayOutputStream out, long number) {
    long rest = (number << 1) ^ (number >> 63);
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /** @throws RejectedException {@code invalid_argument} if these are not the bytes of a value */
  public static @Nullable Object read(byte[] message) {
    if (message.length < HEAD.length) throw wrong("expected at least %d bytes, got %d".formatted(HEAD.length,
        message.length));
    for (int i = 0; i < HEAD.length; i++) {
      if (message[i] != HEAD[i]) {
        throw wrong(i < 2 ? "expected a single-object message" : "expected the fingerprint of the value schema");
      }
    }
    Reader in = new Reader(message);
    Object value = in.value(0);
    if (in.at != message.length) throw wrong("expected the end after the value, got more bytes");
    return value;
  }

  private static RejectedException wrong(String message) {
    return new RejectedException(Rejection.invalid("blob", message));
  }

  private static final class Reader {
    private final byte[] bytes;
    private int at = HEAD.length;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    @Nullable Object value(int depth) {
      if (depth > MAX_DEPTH) throw wrong("nested deeper than %d levels".formatted(MAX_DEPTH));
      long branch = varint();
      return switch ((int) Math.clamp(branch, -1L, 8L)) {
        case 0 -> null;
        case 1 -> bool();
        case 2 -> varint();
        case 3 -> real();
        case 4 -> take(varint());
        case 5 -> text();
        case 6 -> list(depth);
        case 7 -> map(depth);
        default -> throw wrong("expected one of eight kinds of values, got " + branch);
      };
    }

    private boolean bool() {
      byte one = take(1)[0];
      if (one != 0 && one != 1) throw wrong("expected true or false, got byte " + one);
      return one == 1;
    }

    private double real() {
      double number = ByteBuffer.wrap(take(8)).order(ByteOrder.LITTLE_ENDIAN).getDouble();
      if (!Double.isFinite(number)) throw wrong("expected a finite number, got " + number);
      return number;
    }

    private String text() {
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(take(varint()))).toString();
      } catch (CharacterCodingException e) {
        throw wrong("expected well-formed UTF-8");
      }
    }

    private List<@Nullable Object> list(int depth) {
      List<@Nullable Object> list = new ArrayList<>();
      for (long count = block(); count != 0; count = block()) {
        for (long i = 0; i < count; i++) list.add(value(depth + 1));
      }
      return list;
    }

    private Map<String, @Nullable Object> map(int depth) {
      Map<String, @Nullable Object> map = new LinkedHashMap<>();
      for (long count = block(); count != 0; count = block()) {
        for (long i = 0; i < count; i++) {
          String key = text();
          map.put(key, value(depth + 1));
        }
      }
      return map;
    }

    /** How many entries follow; a negative count is followed by the size of the block, which nobody needs. */
    private long block() {
      long count = varint();
      if (count < 0) {
        varint();
        count = -count;
      }
      // Each entry has a byte at least: what claims more is a lie, and an expensive one.
      if (count < 0 || count > bytes.length - at) throw wrong("expected entries, got the end");
      return count;
    }

    private byte[] take(long size) {
      if (size < 0 || size > bytes.length - at) throw wrong("expected %d bytes, got the end".formatted(size));
      byte[] part = java.util.Arrays.copyOfRange(bytes, at, at + (int) size);
      at += (int) size;
      return part;
    }

    private long varint() {
      long number = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        if (at == bytes.length) throw wrong("expected a number, got the end");
        byte one = bytes[at++];
        number |= (long) (one & 0x7F) << shift;
        if (one >= 0) return (number >>> 1) ^ -(number & 1);
      }
      throw wrong("expected a number of 64 bits, got a longer one");
    }
  }
}
