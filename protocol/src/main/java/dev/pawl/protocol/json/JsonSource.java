package dev.pawl.protocol.json;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads JSON from front to back. Every mismatch is {@link BadJson} or an exception of the parser; depth, length and
 * numbers are bounded.
 */
final class JsonSource implements AutoCloseable {
  /** Levels of nesting that are read; a failure with all its causes stays below. */
  static final int MAX_DEPTH = 200;

  private static final JsonFactory FACTORY = JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(MAX_DEPTH)
          .maxDocumentLength(JsonText.MAX_CHARS)
          .maxStringLength(JsonText.MAX_CHARS)
          .maxNameLength(1024 * 1024)
          .maxNumberLength(1000)
          .build())
      // Names of headers and attributes are chosen by users: names that collide must not make a history unreadable.
      .disable(TokenStreamFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
      .build();

  private final JsonParser parser;

  JsonSource(String text) {
    parser = FACTORY.createParser(ObjectReadContext.empty(), text);
    parser.nextToken();
  }

  /** Nothing may follow the value that was read. */
  void end() {
    JsonToken more = parser.nextToken();
    if (more != null) throw new BadJson("expected the end, found " + more);
  }

  @Override
  public void close() {
    parser.close();
  }

  // ---- structure

  void open() {
    if (parser.currentToken() != JsonToken.START_OBJECT) throw unexpected("an object");
  }

  /** The next member's name, with the reader at its value; null at the end of the object. Members of null are skipped. */
  @Nullable String member() {
    while (true) {
      String name = parser.nextName();
      if (name == null) {
        if (parser.currentToken() != JsonToken.END_OBJECT) throw unexpected("a member or the end of an object");
        return null;
      }
      if (parser.nextToken() != JsonToken.VALUE_NULL) return name;
    }
  }

  void openList() {
    if (parser.currentToken() != JsonToken.START_ARRAY) throw unexpected("a list");
  }

  /** Whether there is another element, with the reader at it. */
  boolean element() {
    return parser.nextToken() != JsonToken.END_ARRAY;
  }

  void skip() {
    parser.skipChildren();
  }

  // ---- values

  String string() {
    if (parser.currentToken() != JsonToken.VALUE_STRING) throw unexpected("a string");
    return parser.getString();
  }

  int integer() {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) throw unexpected("an integer");
    return parser.getIntValue();
  }

  long number() {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) throw unexpected("an integer");
    return parser.getLongValue();
  }

  double real() {
    return switch (parser.currentToken()) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_STRING -> switch (parser.getString()) {
        case "NaN" -> Double.NaN;
        case "Infinity" -> Double.POSITIVE_INFINITY;
        case "-Infinity" -> Double.NEGATIVE_INFINITY;
        default -> throw unexpected("a number");
      };
      case null, default -> throw unexpected("a number");
    };
  }

  boolean bool() {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case null, default -> throw unexpected("true or false");
    };
  }

  Instant instant() {
    long micros = number();
    return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
  }

  Duration duration() {
    return switch (parser.currentToken()) {
      case VALUE_NUMBER_INT -> {
        long micros = number();
        yield Duration.ofSeconds(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
      }
      case VALUE_NUMBER_FLOAT -> nanoseconds(parser.getDecimalValue());
      case null, default -> throw unexpected("a duration in microseconds");
    };
  }

  private Duration nanoseconds(BigDecimal micros) {
    // A number such as 1e999999999 must not be spelled out.
    if (micros.precision() - micros.scale() > 19) throw unexpected("a duration in microseconds");
    var nanos = micros.movePointRight(3).setScale(0, java.math.RoundingMode.DOWN).toBigInteger();
    var parts = nanos.divideAndRemainder(java.math.BigInteger.valueOf(1_000_000_000L));
    return Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValue());
  }

  UUID uuid() {
    String text = string();
    if (text.length() != 36) throw unexpected("a UUID");
    return UUID.fromString(text);
  }

  BadJson unexpected(String wanted) {
    String at = parser.currentName();
    return new BadJson((at == null ? "" : "member '" + at + "': ") + "expected " + wanted + ", found "
        + found(parser.currentToken()));
  }

  private static String found(@Nullable JsonToken token) {
    return switch (token) {
      case null -> "nothing";
      case START_OBJECT, END_OBJECT -> "an object";
      case START_ARRAY, END_ARRAY -> "a list";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "a truth value";
      default -> token.toString();
    };
  }
}
