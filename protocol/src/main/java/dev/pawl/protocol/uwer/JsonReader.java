package dev.pawl.protocol.uwer;

import dev.pawl.core.job.UwerCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON strictly: UTF-8 without a byte order mark, one value, no member twice, no lone surrogate, nesting bounded.
 * What two parsers could understand differently is refused, because a digest is taken from what this one understood.
 */
final class JsonReader {
  /** Deepest nesting. */
  static final int MAX_DEPTH = 64;

  /** Longest number, in characters. */
  private static final int MAX_NUMBER = 1_000;

  private final String text;
  private int at;

  private JsonReader(String text) {
    this.text = text;
  }

  static Json read(byte[] document, int maxBytes) {
    if (document.length > maxBytes) {
      throw new Refusal(UwerCode.TOO_LARGE, "expected at most %d bytes, got %d".formatted(maxBytes, document.length), null);
    }
    return read(utf8(document));
  }

  static Json read(String document) {
    JsonReader reader = new JsonReader(document);
    Json value = reader.value(0);
    reader.space();
    if (reader.at < document.length()) throw reader.wrong("expected the end of the document");
    return value;
  }

  /** The text of UTF-8 bytes; other encodings are unsafe. */
  static String utf8(byte[] document) {
    if (document.length >= 2) {
      int first = document[0] & 0xFF;
      int second = document[1] & 0xFF;
      boolean wide = first == 0 || second == 0 || (first == 0xFE && second == 0xFF) || (first == 0xFF && second == 0xFE);
      boolean mark = document.length >= 3 && first == 0xEF && second == 0xBB && (document[2] & 0xFF) == 0xBF;
      if (wide || mark) throw Refusal.unsafe("expected UTF-8 without a byte order mark");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document)).toString();
    } catch (CharacterCodingException e) {
      throw Refusal.unsafe("expected UTF-8, got bytes that are not");
    }
  }

  private Json value(int depth) {
    if (depth > MAX_DEPTH) throw Refusal.unsafe("nested deeper than " + MAX_DEPTH);
    space();
    if (at >= text.length()) throw wrong("expected a value, got the end");
    return switch (text.charAt(at)) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> new Json.Str(string());
      case 't' -> word("true", new Json.Bool(true));
      case 'f' -> word("false", new Json.Bool(false));
      case 'n' -> word("null", new Json.Null());
      default -> number();
    };
  }

  private Json object(int depth) {
    Map<String, Json> members = new LinkedHashMap<>();
    at++;
    if (next('}')) return new Json.Obj(members);
    do {
      space();
      if (at >= text.length() || text.charAt(at) != '"') throw wrong("expected a member's name");
      String name = string();
      if (!next(':')) throw wrong("expected ':'");
      if (members.containsKey(name)) throw wrong("member '%s' is there twice".formatted(shown(name)));
      members.put(name, value(depth + 1));
    } while (next(','));
    if (!next('}')) throw wrong("expected ',' or '}'");
    return new Json.Obj(members);
  }

  private Json array(int depth) {
    List<Json> items = new ArrayList<>();
    at++;
    if (next(']')) return new Json.Arr(items);
    do {
      items.add(value(depth + 1));
    } while (next(','));
    if (!next(']')) throw wrong("expected ',' or ']'");
    return new Json.Arr(items);
  }

  private String string() {
    int start = ++at;
    while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\\' && text.charAt(at) >= ' ') at++;
    if (at < text.length() && text.charAt(at) == '"') return checked(text.substring(start, at++));
    StringBuilder value = new StringBuilder(text.substring(start, at));
    while (true) {
      if (at >= text.length()) throw wrong("expected the end of a string");
      char c = text.charAt(at++);
      if (c == '"') return checked(value.toString());
      if (c < ' ') throw wrong("a control character in a string must be escaped");
      value.append(c == '\\' ? escape() : c);
    }
  }

  private char escape() {
    if (at >= text.length()) throw wrong("expected an escape");
    char c = text.charAt(at++);
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        if (at + 4 > text.length()) throw wrong("expected four hex digits");
        int code = 0;
        for (int i = 0; i < 4; i++) {
          char digit = text.charAt(at++);
          int value = digit < 128 ? Character.digit(digit, 16) : -1;
          if (value < 0) throw wrong("expected four hex digits");
          code = code * 16 + value;
        }
        yield (char) code;
      }
      default -> throw wrong("no such escape");
    };
  }

  private static String checked(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!Character.isSurrogate(c)) continue;
      boolean pair = Character.isHighSurrogate(c) && i + 1 < value.length()
          && Character.isLowSurrogate(value.charAt(i + 1));
      if (!pair) throw Refusal.unsafe("a string holds half a character (a lone surrogate)");
      i++;
    }
    return value;
  }

  private Json number() {
    int start = at;
    if (peek('-')) at++;
    if (peek('0')) {
      at++;
    } else {
      digits();
    }
    if (peek('.')) {
      at++;
      digits();
    }
    if (peek('e') || peek('E')) {
      at++;
      if (peek('+') || peek('-')) at++;
      digits();
    }
    if (at - start > MAX_NUMBER) throw wrong("a number of more than " + MAX_NUMBER + " characters");
    return new Json.Num(text.substring(start, at));
  }

  private void digits() {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') at++;
    if (at == start) throw wrong("expected a value");
  }

  private Json word(String word, Json value) {
    if (!text.startsWith(word, at)) throw wrong("expected a value");
    at += word.length();
    return value;
  }

  private boolean peek(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private boolean next(char c) {
    space();
    if (!peek(c)) return false;
    at++;
    return true;
  }

  private void space() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return;
      at++;
    }
  }

  private static String shown(String name) {
    return name.length() > 40 ? name.substring(0, 40) + "..." : name;
  }

  private Refusal wrong(String what) {
    return Refusal.schema("not JSON at character %d: %s".formatted(at, what), null);
  }
}
