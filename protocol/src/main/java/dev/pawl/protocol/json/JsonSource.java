package dev.pawl.protocol.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON from front to back, strictly by RFC 8259, with one liberty: lone surrogates are taken wherever they stand,
 * because users may put them anywhere and {@link JsonText} writes them as escapes. (Parsers at hand refuse them in names;
 * a header with such a name would have made its history unreadable.) Every mismatch is {@link BadJson}; depth, length and
 * numbers are bounded.
 */
final class JsonSource {
  /** Levels of nesting that are read; a failure with all its causes stays below. */
  static final int MAX_DEPTH = 200;

  private static final int MAX_NUMBER = 1000;

  private final String text;
  private int at;
  private int depth;
  private boolean fresh; // an object or a list has just been opened: no comma in front of what comes
  private @Nullable String member;

  JsonSource(String text) {
    if (text.length() > JsonText.MAX_CHARS) {
      throw new BadJson("expected at most %d characters, found %d".formatted(JsonText.MAX_CHARS, text.length()));
    }
    this.text = text;
    space();
  }

  /** Nothing may follow the value that was read. */
  void end() {
    space();
    if (at < text.length()) throw unexpected("the end");
  }

  // ---- structure

  void open() {
    begin('{', "an object");
  }

  /** The next member's name, with the reader at its value; null at the end of the object. Members of null are skipped. */
  @Nullable String member() {
    while (true) {
      space();
      if (peek() == '}') {
        leave();
        return null;
      }
      comma("a member or the end of the object");
      if (peek() != '"') throw unexpected("a member's name");
      String name = string();
      space();
      if (peek() != ':') throw unexpected("a colon");
      at++;
      space();
      member = name;
      if (peek() != 'n') return name;
      literal("null");
    }
  }

  void openList() {
    begin('[', "a list");
  }

  /** Whether there is another element, with the reader at it. */
  boolean element() {
    space();
    if (peek() == ']') {
      leave();
      return false;
    }
    comma("an element or the end of the list");
    return true;
  }

  /** Reads over one value of any kind. */
  void skip() {
    switch (peek()) {
      case '{' -> {
        open();
        while (member() != null) skip();
      }
      case '[' -> {
        openList();
        while (element()) skip();
      }
      case '"' -> string();
      case 't' -> literal("true");
      case 'f' -> literal("false");
      case 'n' -> literal("null");
      default -> spanOfNumber("a value");
    }
  }

  private void begin(char bracket, String wanted) {
    if (peek() != bracket) throw unexpected(wanted);
    if (++depth > MAX_DEPTH) throw new BadJson("nested deeper than " + MAX_DEPTH + " levels");
    at++;
    fresh = true;
  }

  private void leave() {
    at++;
    depth--;
    fresh = false;
  }

  private void comma(String wanted) {
    if (!fresh) {
      if (peek() != ',') throw unexpected(wanted);
      at++;
      space();
    }
    fresh = false;
  }

  private void space() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return;
      at++;
    }
  }

  /** The character at hand; 0 at the end, which is no part of any token. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  // ---- values

  String string() {
    if (peek() != '"') throw unexpected("a string");
    int from = ++at;
    while (true) {
      char c = next();
      if (c == '"') return text.substring(from, at - 1);
      if (c == '\\') return escaped(from);
    }
  }

  private String escaped(int from) {
    at--;
    var plain = new StringBuilder(at - from + 64).append(text, from, at);
    while (true) {
      char c = next();
      switch (c) {
        case '"' -> {
          return plain.toString();
        }
        case '\\' -> plain.append(escape());
        default -> plain.append(c);
      }
    }
  }

  private char next() {
    if (at >= text.length()) throw unexpected("the end of a string");
    char c = text.charAt(at++);
    if (c < ' ') {
      at--;
      throw unexpected("a string without raw control characters");
    }
    return c;
  }

  private char escape() {
    char c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'u' -> {
        int code = 0;
        for (int i = 0; i < 4; i++) {
          char digit = next();
          int value = digit < 128 ? Character.digit(digit, 16) : -1;
          if (value < 0) {
            at--;
            throw unexpected("four hex digits");
          }
          code = code << 4 | value;
        }
        yield (char) code;
      }
      default -> {
        at--;
        throw unexpected("an escape");
      }
    };
  }

  int integer() {
    long value = number();
    if (value != (int) value) throw new BadJson(where() + "expected a number of 32 bits, found " + value);
    return (int) value;
  }

  long number() {
    String digits = spanOfNumber("an integer");
    if (!isWhole(digits)) throw new BadJson(where() + "expected an integer, found " + digits);
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException tooLarge) {
      throw new BadJson(where() + "expected a number of 64 bits, found " + digits);
    }
  }

  double real() {
    if (peek() != '"') return Double.parseDouble(spanOfNumber("a number"));
    return switch (string()) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> throw new BadJson(where() + "expected a number, found a string");
    };
  }

  boolean bool() {
    boolean value = peek() == 't';
    if (!value && peek() != 'f') throw unexpected("true or false");
    literal(value ? "true" : "false");
    return value;
  }

  Instant instant() {
    long micros = number();
    return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
  }

  Duration duration() {
    int start = at;
    String digits = spanOfNumber("a duration in microseconds");
    if (isWhole(digits)) {
      at = start;
      long micros = number();
      return Duration.ofSeconds(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
    }
    BigDecimal micros = new BigDecimal(digits);
    // A number such as 1e999999999 must not be spelled out.
    if ((long) micros.precision() - micros.scale() > 19) throw new BadJson(where() + "too long a duration: " + digits);
    BigInteger nanos = micros.movePointRight(3).setScale(0, RoundingMode.DOWN).toBigInteger();
    BigInteger[] parts = nanos.divideAndRemainder(BigInteger.valueOf(1_000_000_000L));
    return Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValue());
  }

  UUID uuid() {
    String id = string();
    if (id.length() != 36) throw new BadJson(where() + "expected a UUID");
    return UUID.fromString(id);
  }

  private static boolean isWhole(String digits) {
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c == '.' || c == 'e' || c == 'E') return false;
    }
    return true;
  }

  private String spanOfNumber(String wanted) {
    int from = at;
    if (peek() == '-') at++;
    if (peek() == '0') at++;
    else if (digits() == 0) throw back(from, wanted);
    if (peek() == '.') {
      at++;
      if (digits() == 0) throw back(from, wanted);
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      if (peek() == '+' || peek() == '-') at++;
      if (digits() == 0) throw back(from, wanted);
    }
    if (at - from > MAX_NUMBER) throw new BadJson(where() + "a number of more than " + MAX_NUMBER + " characters");
    return text.substring(from, at);
  }

  private BadJson back(int to, String wanted) {
    at = to;
    return unexpected(wanted);
  }

  private int digits() {
    int from = at;
    while (peek() >= '0' && peek() <= '9') at++;
    return at - from;
  }

  private void literal(String word) {
    if (!text.startsWith(word, at)) throw unexpected("a value");
    at += word.length();
  }

  // ---- what is wrong

  private BadJson unexpected(String wanted) {
    return new BadJson(where() + "expected " + wanted + ", found " + found());
  }

  private String where() {
    return "at character " + at + (member == null ? "" : " (member '" + shown(member) + "')") + ": ";
  }

  private static String shown(String name) {
    return name.length() <= 60 ? name : name.substring(0, 60) + "...";
  }

  private String found() {
    if (at >= text.length()) return "the end of the text";
    char c = text.charAt(at);
    return switch (c) {
      case '{' -> "an object";
      case '[' -> "a list";
      case '"' -> "a string";
      case 't', 'f' -> "a truth value";
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> "a number";
      default -> c > ' ' && c < 127 ? "'" + c + "'" : "character " + (int) c;
    };
  }
}
