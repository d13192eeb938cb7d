package dev.pawl.protocol.json;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Writes compact JSON into a buffer that is used again. One {@link #take}, then {@link #done} once. Commas are put where
 * they belong; a null value writes no member.
 */
final class JsonText {
  /** The longest text that is written, in characters; {@link JsonSource} reads just as much. */
  static final int MAX_CHARS = 128 * 1024 * 1024;

  private static final int KEPT_CHARS = 64 * 1024;
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  // Slots instead of a ThreadLocal: callers may be thousands of virtual threads, and none should own a buffer.
  private static final AtomicReferenceArray<@Nullable JsonText> SPARE = new AtomicReferenceArray<>(16);

  private char[] buffer = new char[1024];
  private int length;

  private JsonText() {}

  static JsonText take() {
    JsonText spare = SPARE.getAndSet(slot(), null);
    if (spare == null) return new JsonText();
    spare.length = 0;
    return spare;
  }

  /** The text. This writer must not be touched afterwards. */
  String done() {
    String text = new String(buffer, 0, length);
    if (buffer.length <= KEPT_CHARS) SPARE.set(slot(), this);
    return text;
  }

  private static int slot() {
    return (int) Thread.currentThread().threadId() & 15;
  }

  // ---- structure

  JsonText open() {
    comma();
    push('{');
    return this;
  }

  JsonText close() {
    push('}');
    return this;
  }

  void openList() {
    comma();
    push('[');
  }

  void closeList() {
    push(']');
  }

  /** A member's name of our own: ASCII without anything to escape. */
  JsonText name(String name) {
    comma();
    int size = name.length();
    room(size + 3);
    buffer[length++] = '"';
    name.getChars(0, size, buffer, length);
    length += size;
    buffer[length++] = '"';
    buffer[length++] = ':';
    return this;
  }

  /** A member's name that a user chose. */
  JsonText key(String name) {
    string(name);
    push(':');
    return this;
  }

  JsonText key(int name) {
    comma();
    push('"');
    digits(name);
    push('"');
    push(':');
    return this;
  }

  // A string ends with a quote, so the last character tells whether something stands in front.
  private void comma() {
    if (length == 0) return;
    char last = buffer[length - 1];
    if (last != '{' && last != '[' && last != ':') push(',');
  }

  // ---- values

  void string(String value) {
    comma();
    int size = value.length();
    room(size + 2);
    buffer[length++] = '"';
    value.getChars(0, size, buffer, length);
    int end = length + size;
    int at = length;
    while (at < end && plain(buffer[at])) at++;
    length = at;
    if (at < end) escaped(value, size - (end - at));
    push('"');
  }

  private static boolean plain(char c) {
    return c >= ' ' && c != '"' && c != '\\' && c != 0x7f && !Character.isSurrogate(c);
  }

  private void escaped(String value, int from) {
    int size = value.length();
    room(size - from + 16);
    for (int i = from; i < size; i++) {
      if (buffer.length - length < 8) room(size - i + 64);
      char c = value.charAt(i);
      if (plain(c)) {
        buffer[length++] = c;
      } else {
        switch (c) {
          case '"', '\\' -> pair(c);
          case '\n' -> pair('n');
          case '\r' -> pair('r');
          case '\t' -> pair('t');
          default -> {
            if (Character.isHighSurrogate(c) && i + 1 < size && Character.isLowSurrogate(value.charAt(i + 1))) {
              buffer[length++] = c;
              buffer[length++] = value.charAt(++i);
            } else {
              unicode(c);
            }
          }
        }
      }
    }
  }

  private void pair(char c) {
    buffer[length++] = '\\';
    buffer[length++] = c;
  }

  private void unicode(char c) {
    buffer[length++] = '\\';
    buffer[length++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) buffer[length++] = HEX[(c >> shift) & 15];
  }

  void number(long value) {
    comma();
    digits(value);
  }

  void real(double value) {
    // JSON has no words for these; the reader takes the strings.
    if (Double.isNaN(value) || Double.isInfinite(value)) string(Double.toString(value));
    else raw(Double.toString(value));
  }

  void bool(boolean value) {
    raw(value ? "true" : "false");
  }

  private void raw(String ascii) {
    comma();
    int size = ascii.length();
    room(size);
    ascii.getChars(0, size, buffer, length);
    length += size;
  }

  void instant(Instant value) {
    number(micros(value));
  }

  /** Microseconds since the epoch, rounded down; what lies outside 292,000 years is the nearest that fits. */
  static long micros(Instant value) {
    try {
      return Math.addExact(Math.multiplyExact(value.getEpochSecond(), 1_000_000L), value.getNano() / 1000);
    } catch (ArithmeticException tooFar) {
      return value.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** Microseconds, and three decimals if there are nanoseconds; what lies outside 292,000 years is the nearest. */
  void duration(Duration value) {
    comma();
    long micros;
    int nanos = value.getNano() % 1000;
    try {
      micros = Math.addExact(Math.multiplyExact(value.getSeconds(), 1_000_000L), value.getNano() / 1000);
    } catch (ArithmeticException tooLong) {
      digits(value.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE);
      return;
    }
    if (nanos != 0 && micros < 0) { // the fraction counts away from zero in text, towards positive in Duration
      micros++;
      nanos = 1000 - nanos;
      if (micros == 0) push('-');
    }
    digits(micros);
    if (nanos != 0) {
      push('.');
      push((char) ('0' + nanos / 100));
      push((char) ('0' + nanos / 10 % 10));
      push((char) ('0' + nanos % 10));
    }
  }

  void uuid(UUID value) {
    comma();
    room(38);
    buffer[length++] = '"';
    long high = value.getMostSignificantBits();
    long low = value.getLeastSignificantBits();
    hex(high, 60, 32);
    buffer[length++] = '-';
    hex(high, 28, 16);
    buffer[length++] = '-';
    hex(high, 12, 0);
    buffer[length++] = '-';
    hex(low, 60, 48);
    buffer[length++] = '-';
    hex(low, 44, 0);
    buffer[length++] = '"';
  }

  private void hex(long bits, int from, int to) {
    for (int shift = from; shift >= to; shift -= 4) buffer[length++] = HEX[(int) (bits >>> shift) & 15];
  }

  // ---- members; null writes nothing

  void text(String name, @Nullable String value) {
    if (value != null) name(name).string(value);
  }

  void number(String name, long value) {
    name(name).number(value);
  }

  void flag(String name, boolean value) {
    if (value) name(name).bool(true);
  }

  void instant(String name, @Nullable Instant value) {
    if (value != null) name(name).instant(value);
  }

  void duration(String name, @Nullable Duration value) {
    if (value != null) name(name).duration(value);
  }

  void uuid(String name, @Nullable UUID value) {
    if (value != null) name(name).uuid(value);
  }

  void texts(String name, List<String> values) {
    if (values.isEmpty()) return;
    name(name).openList();
    for (String value : values) string(value);
    closeList();
  }

  // ---- buffer

  private void digits(long value) {
    room(20);
    if (value < 0) {
      if (value == Long.MIN_VALUE) {
        String all = Long.toString(value);
        all.getChars(0, all.length(), buffer, length);
        length += all.length();
        return;
      }
      buffer[length++] = '-';
      value = -value;
    }
    int size = 1;
    for (long rest = value; rest >= 10; rest /= 10) size++;
    int at = length + size;
    length = at;
    do {
      buffer[--at] = (char) ('0' + value % 10);
      value /= 10;
    } while (value != 0);
  }

  private void push(char c) {
    if (length == buffer.length) room(1);
    buffer[length++] = c;
  }

  private void room(int more) {
    long wanted = (long) length + more;
    if (wanted <= buffer.length) return;
    // What cannot be read back must not be written: it would brick its run.
    if (wanted > MAX_CHARS) throw new IllegalArgumentException("a value of more than " + MAX_CHARS + " characters");
    buffer = java.util.Arrays.copyOf(buffer, (int) Math.min(MAX_CHARS, Math.max(wanted, buffer.length * 2L)));
  }
}
