package dev.pawl.testbed.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON into maps, lists, strings, numbers (long or double), booleans and null. Not the engine's reader, on purpose. */
final class JsonReader {
  private final String text;
  private int at;

  private JsonReader(String text) {
    this.text = text;
  }

  /** @throws IllegalArgumentException if it is not one JSON object */
  static Map<String, @Nullable Object> object(String text) {
    var reader = new JsonReader(text);
    reader.space();
    if (!text.startsWith("{", reader.at)) throw reader.wrong();
    var object = reader.object();
    reader.space();
    if (reader.at != text.length()) throw reader.wrong();
    return object;
  }

  private @Nullable Object value() {
    space();
    if (at >= text.length()) throw wrong();
    return switch (text.charAt(at)) {
      case '{' -> object();
      case '[' -> list();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, @Nullable Object> object() {
    var object = new LinkedHashMap<String, @Nullable Object>();
    at++;
    space();
    if (skip('}')) return object;
    do {
      space();
      String name = string();
      space();
      if (!skip(':')) throw wrong();
      object.put(name, value());
      space();
    } while (skip(','));
    if (!skip('}')) throw wrong();
    return object;
  }

  private List<@Nullable Object> list() {
    var list = new ArrayList<@Nullable Object>();
    at++;
    space();
    if (skip(']')) return list;
    do {
      list.add(value());
      space();
    } while (skip(','));
    if (!skip(']')) throw wrong();
    return list;
  }

  private String string() {
    if (!skip('"')) throw wrong();
    var string = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') return string.toString();
      if (c != '\\') {
        string.append(c);
        continue;
      }
      if (at >= text.length()) break;
      char escaped = text.charAt(at++);
      string.append(switch (escaped) {
        case 'b' -> '\b';
        case 'f' -> '\f';
        case 'n' -> '\n';
        case 'r' -> '\r';
        case 't' -> '\t';
        case 'u' -> {
          at += 4;
          if (at > text.length()) throw wrong();
          yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
        }
        default -> escaped;
      });
    }
    throw wrong();
  }

  private Object number() {
    int start = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) at++;
    String number = text.substring(start, at);
    try {
      return number.matches("-?\\d+") ? (Object) Long.parseLong(number) : (Object) Double.parseDouble(number);
    } catch (NumberFormatException e) {
      throw wrong();
    }
  }

  private @Nullable Object word(String word, @Nullable Object value) {
    if (!text.startsWith(word, at)) throw wrong();
    at += word.length();
    return value;
  }

  private boolean skip(char c) {
    if (at >= text.length() || text.charAt(at) != c) return false;
    at++;
    return true;
  }

  private void space() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
  }

  private IllegalArgumentException wrong() {
    return new IllegalArgumentException("not JSON at %d: %s".formatted(at, text));
  }
}
