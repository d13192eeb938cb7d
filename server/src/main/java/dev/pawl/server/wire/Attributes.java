package dev.pawl.server.wire;

import dev.pawl.core.value.Payload;
import dev.pawl.core.value.SearchValue;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Search attributes and memos as plain JSON. */
public final class Attributes {
  /** The search attribute that carries a business key. */
  public static final String BUSINESS_KEY = "PawlBusinessKey";

  /** What a search attribute can be declared as. */
  public static final Set<String> TYPES =
      Set.of("keyword", "text", "int", "double", "bool", "datetime", "keyword_list");

  private static final int MAX_BYTES = 2_048;
  private static final Set<String> TEXTS = Set.of("keyword", "text");

  private Attributes() {}

  /**
   * @param types declared types by name, which the values have to have; what is not declared has the type that its value suggests
   * @param unset whether null takes an attribute away; otherwise it is left out
   */
  public static Map<String, SearchValue> read(String field, Map<String, @Nullable Object> sent,
      Map<String, String> types, boolean unset) {
    Map<String, SearchValue> values = new LinkedHashMap<>();
    sent.forEach((name, value) -> {
      if (!name.matches("[A-Za-z][A-Za-z0-9_]{0,127}") || name.equals(BUSINESS_KEY)) {
        throw Refusal.invalid(field,
            "A search attribute's name is a letter, then letters, digits or _, got '%s'.".formatted(name));
      }
      if (value == null) {
        if (unset) values.put(name, new SearchValue.Unset());
      } else {
        values.put(name, value(field + "." + name, types.get(name), value));
      }
    });
    return values;
  }

  private static SearchValue value(String field, @Nullable String type, Object value) {
    return switch (value) {
      case String text when type == null || TEXTS.contains(type) -> new SearchValue.Keyword(keyword(field, text));
      case String text when type.equals("datetime") -> new SearchValue.Time(instant(field, text));
      case String text when type.equals("keyword_list") -> new SearchValue.Keywords(List.of(keyword(field, text)));
      case Long number when type == null || type.equals("int") -> new SearchValue.Int(number);
      case Long number when type.equals("double") -> new SearchValue.Real(number);
      case Double number when type == null || type.equals("double") -> new SearchValue.Real(number);
      case Boolean bool when type == null || type.equals("bool") -> new SearchValue.Bool(bool);
      case List<?> list when type == null || type.equals("keyword_list") -> new SearchValue.Keywords(list.stream()
          .map(one -> member(field, one)).toList());
      default -> throw Refusal.invalid(field, type == null
          ? "A search attribute is a scalar or a list of texts."
          : "The search attribute is declared as %s.".formatted(type));
    };
  }

  private static String member(String field, @Nullable Object one) {
    if (one instanceof String text) return keyword(field, text);
    throw Refusal.invalid(field, "A search attribute that is a list holds texts.");
  }

  private static String keyword(String field, String text) {
    if (text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw Refusal.invalid(field, "A search attribute's text has at most %d bytes.".formatted(MAX_BYTES));
    }
    return text;
  }

  private static Instant instant(String field, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw Refusal.invalid(field, "Expected a date and time such as 2026-01-01T00:00:00Z.");
    }
  }

  public static Map<String, @Nullable Object> plain(Map<String, SearchValue> values) {
    Map<String, @Nullable Object> plain = new TreeMap<>();
    values.forEach((name, value) -> {
      if (!name.equals(BUSINESS_KEY)) plain.put(name, plain(value));
    });
    return plain;
  }

  private static @Nullable Object plain(SearchValue value) {
    return switch (value) {
      case SearchValue.Keyword v -> v.value();
      case SearchValue.Keywords v -> v.values();
      case SearchValue.Int v -> v.value();
      case SearchValue.Real v -> v.value();
      case SearchValue.Bool v -> v.value();
      case SearchValue.Time v -> Instants.text(v.value());
      case SearchValue.Unset v -> null;
    };
  }

  public static @Nullable String businessKey(Map<String, SearchValue> values) {
    return values.get(BUSINESS_KEY) instanceof SearchValue.Keyword key ? key.value() : null;
  }

  // ---- memo

  public static Map<String, Payload> memo(Map<String, @Nullable Object> sent) {
    Map<String, Payload> memo = new LinkedHashMap<>();
    sent.forEach((name, value) -> memo.put(name, Payload.json(Json.text(value))));
    return memo;
  }

  public static Map<String, @Nullable Object> plainMemo(Map<String, Payload> memo) {
    Map<String, @Nullable Object> plain = new TreeMap<>();
    memo.forEach((name, value) -> plain.put(name, Values.plain(value)));
    return plain;
  }
}
