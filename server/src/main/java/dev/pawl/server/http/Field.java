package dev.pawl.server.http;

import dev.pawl.server.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A field of a request's body or query. Fields that a route does not name are ignored.
 *
 * @param min smallest number, or fewest characters
 * @param max largest number, most characters, or most bytes of an object
 * @param choices the only values, if there are any
 */
public record Field(String name, Type type, boolean required, long min, long max, List<String> choices, String note) {
  public enum Type {
    TEXT,
    INTEGER,
    BOOLEAN,
    OBJECT,
    LIST,
    /** An envelope, a list of arguments, or any other value. */
    PAYLOAD,
    ANY
  }

  public static Field text(String name, int max, String note) {
    return new Field(name, Type.TEXT, false, 0, max, List.of(), note);
  }

  public static Field integer(String name, long min, long max, String note) {
    return new Field(name, Type.INTEGER, false, min, max, List.of(), note);
  }

  public static Field bool(String name, String note) {
    return new Field(name, Type.BOOLEAN, false, 0, 0, List.of(), note);
  }

  public static Field object(String name, long maxBytes, String note) {
    return new Field(name, Type.OBJECT, false, 0, maxBytes, List.of(), note);
  }

  public static Field list(String name, String note) {
    return new Field(name, Type.LIST, false, 0, 10_000, List.of(), note);
  }

  public static Field payload(String name, String note) {
    return new Field(name, Type.PAYLOAD, false, 0, 0, List.of(), note);
  }

  public static Field any(String name, String note) {
    return new Field(name, Type.ANY, false, 0, 0, List.of(), note);
  }

  public Field must() {
    return new Field(name, type, true, type == Type.TEXT ? Math.max(1, min) : min, max, choices, note);
  }

  public Field oneOf(String... values) {
    return new Field(name, type, required, min, max, List.of(values), note);
  }

  /** As people say it: {@code workflow_type} is "workflow type". */
  String spoken() {
    return name.replace('_', ' ');
  }

  /** What is wrong with the value; null: nothing. */
  @Nullable String problem(boolean there, @Nullable Object value) {
    if (!there || value == null || (type == Type.TEXT && required && "".equals(value))) {
      return required ? "The %s field is required.".formatted(spoken()) : null;
    }
    return switch (type) {
      case TEXT -> text(value);
      case INTEGER -> integer(value);
      case BOOLEAN -> value instanceof Boolean ? null : "The %s field must be true or false.".formatted(spoken());
      case OBJECT -> object(value);
      case LIST -> list(value);
      case PAYLOAD, ANY -> null;
    };
  }

  private @Nullable String text(Object value) {
    if (!(value instanceof String text)) return "The %s field must be a string.".formatted(spoken());
    if (text.length() < min) return "The %s field must have at least %d characters.".formatted(spoken(), min);
    if (text.length() > max) return "The %s field must not be longer than %d characters.".formatted(spoken(), max);
    if (text.indexOf('\0') >= 0) return "The %s field must not contain the character NUL.".formatted(spoken());
    if (!choices.isEmpty() && !choices.contains(text)) {
      return "The %s field must be one of: %s.".formatted(spoken(), String.join(", ", choices));
    }
    return null;
  }

  private @Nullable String integer(Object value) {
    Long number = Json.integer(Map.of(name, value), name);
    if (number == null) return "The %s field must be an integer.".formatted(spoken());
    return number < min || number > max
        ? "The %s field must be between %d and %d.".formatted(spoken(), min, max)
        : null;
  }

  private @Nullable String object(Object value) {
    boolean empty = value instanceof List<?> list && list.isEmpty();
    if (!(value instanceof Map) && !empty) return "The %s field must be an object.".formatted(spoken());
    if (max > 0 && Json.text(value).getBytes(StandardCharsets.UTF_8).length > max) {
      return "The %s field must not be larger than %d bytes.".formatted(spoken(), max);
    }
    return null;
  }

  private @Nullable String list(Object value) {
    if (!(value instanceof List<?> list)) return "The %s field must be a list.".formatted(spoken());
    return list.size() > max ? "The %s field must not have more than %d entries.".formatted(spoken(), max) : null;
  }
}
