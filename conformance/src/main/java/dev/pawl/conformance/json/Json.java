package dev.pawl.conformance.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes JSON. A whole number is a Long if it fits, an object keeps the order of its text. */
public final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  /** @throws IllegalArgumentException if the text is no JSON */
  public static @Nullable Object read(byte[] text) {
    try {
      Object value = MAPPER.readValue(text, Object.class);
      return plain(value);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage(), e);
    }
  }

  public static byte[] write(@Nullable Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  public static String text(@Nullable Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /** An object of names and values, in this order. */
  public static Map<String, @Nullable Object> of(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return map;
  }

  /** The same object with more members, or other ones. */
  public static Map<String, @Nullable Object> with(Map<String, @Nullable Object> object, @Nullable Object... more) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>(object);
    all.putAll(of(more));
    return all;
  }

  /** The same value with whole numbers as Long, so that equal values are equal objects. */
  public static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case Integer number -> number.longValue();
      case Short number -> number.longValue();
      case Float number -> number.doubleValue();
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((name, one) -> copy.put(String.valueOf(name), plain(one)));
        yield copy;
      }
      case List<?> list -> {
        List<@Nullable Object> copy = new ArrayList<>(list.size());
        for (Object one : list) copy.add(plain(one));
        yield copy;
      }
      case null, default -> value;
    };
  }
}
