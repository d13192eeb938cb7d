package dev.pawl.server.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads and writes JSON. A value is null, a Boolean, a Long, a Double, a String, a List or a Map in the order of the text.
 * An integer beyond 64 bits stays a BigInteger, so that whoever wanted a number can refuse it.
 */
public final class Json {
  /** Levels of nesting that are read. */
  public static final int MAX_DEPTH = 100;

  private static final JsonFactory FACTORY = JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(MAX_DEPTH).maxNumberLength(1_000).maxStringLength(64 * 1024 * 1024).build())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .build();
  private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY).build();
  private static final YAMLMapper YAML = YAMLMapper.builder().build();

  private Json() {}

  /** The text is no JSON. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  public static @Nullable Object read(byte[] text) throws Malformed {
    try (JsonParser in = MAPPER.createParser(text)) {
      if (in.nextToken() == null) throw new Malformed("expected a JSON value, found nothing");
      Object value = value(in);
      if (in.nextToken() != null) throw new Malformed("expected the end, found more");
      return value;
    } catch (JacksonException e) {
      throw new Malformed(e.getOriginalMessage() + at(e));
    } catch (ArithmeticException | NumberFormatException e) {
      throw new Malformed("a number that nobody can hold");
    }
  }

  public static @Nullable Object read(String text) throws Malformed {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Text that this class wrote, or a defect. */
  public static Map<String, @Nullable Object> stored(String text) {
    try {
      return object(read(text));
    } catch (Malformed e) {
      throw new IllegalStateException("stored text is no JSON: " + text, e);
    }
  }

  private static String at(JacksonException e) {
    return e.getLocation() == null
        ? ""
        : " at line %d, column %d".formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }

  private static @Nullable Object value(JsonParser in) throws Malformed {
    return switch (in.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
          String name = in.currentName();
          in.nextToken();
          map.put(name, value(in));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) list.add(value(in));
        yield list;
      }
      case VALUE_STRING -> in.getString();
      case VALUE_NUMBER_INT -> switch (in.getNumberType()) {
        case INT, LONG -> in.getLongValue();
        default -> in.getBigIntegerValue();
      };
      case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      case VALUE_NULL -> null;
      default -> throw new Malformed("expected a value, found " + in.currentToken());
    };
  }

  public static byte[] write(@Nullable Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  public static String text(@Nullable Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /** Reads a YAML document, for settings. */
  public static @Nullable Object yaml(String text) throws Malformed {
    try {
      Object value = YAML.readValue(text, Object.class);
      return value;
    } catch (JacksonException e) {
      throw new Malformed(e.getOriginalMessage() + at(e));
    }
  }

  // ---- making

  /** An object of names and values, in this order. */
  public static Map<String, @Nullable Object> of(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) map.put(String.valueOf(namesAndValues[i]),
        namesAndValues[i + 1]);
    return map;
  }

  // ---- looking

  /** The object that a value is; empty for null, and for the empty list, which is how PHP writes an empty object. */
  @SuppressWarnings("unchecked")
  public static Map<String, @Nullable Object> object(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : new LinkedHashMap<>();
  }

  @SuppressWarnings("unchecked")
  public static List<@Nullable Object> list(@Nullable Object value) {
    return value instanceof List<?> list ? (List<@Nullable Object>) list : List.of();
  }

  /** A text member; null if it is absent or no text. */
  public static @Nullable String string(Map<String, ?> object, String name) {
    return object.get(name) instanceof String text ? text : null;
  }

  public static String string(Map<String, ?> object, String name, String absent) {
    return object.get(name) instanceof String text ? text : absent;
  }

  /** A whole number; null if it is absent or something else. */
  public static @Nullable Long integer(Map<String, ?> object, String name) {
    return switch (object.get(name)) {
      case Long number -> number;
      case Integer number -> (long) number;
      case Double number when number == Math.rint(number) && Math.abs(number) < 1e15 -> number.longValue();
      case null, default -> null;
    };
  }

  public static boolean flag(Map<String, ?> object, String name) {
    return Boolean.TRUE.equals(object.get(name));
  }

  public static List<String> strings(@Nullable Object value) {
    List<String> texts = new ArrayList<>();
    for (Object one : list(value)) if (one instanceof String text) texts.add(text);
    return texts;
  }

  /** Whether a value is one that JSON has a number for. */
  public static boolean isNumber(@Nullable Object value) {
    return value instanceof Long || value instanceof Integer || value instanceof Double || value instanceof BigInteger
        || value instanceof BigDecimal;
  }
}
