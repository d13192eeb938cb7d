package dev.pawl.protocol.uwer;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON value as it was written: members in their order, numbers in their text. */
public sealed interface Json {

  /** Reads a document strictly: UTF-8, no member twice, 64 deep. Never throws for what it holds. */
  static Parsed<Json> read(byte[] document, int maxBytes) {
    return Parsed.of(() -> JsonReader.read(document, maxBytes));
  }

  /** Compact text, numbers as they were read. */
  default String write() {
    return JsonWriter.write(this);
  }

  /** SHA-256 over the canonical form of RFC 8785, {@code sha-256:} and 64 hex digits. */
  default String digest() {
    return Digests.of(this);
  }

  /**
   * An object of names and values, in this order; what is null is left out. Values are texts, numbers, yes and no, lists
   * and JSON; everything else is written as its text.
   */
  static Obj of(@Nullable Object... namesAndValues) {
    Map<String, Json> members = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Object value = namesAndValues[i + 1];
      if (value != null) members.put(String.valueOf(namesAndValues[i]), value(value));
    }
    return new Obj(members);
  }

  private static Json value(Object value) {
    return switch (value) {
      case Json json -> json;
      case Boolean yes -> new Bool(yes);
      case Number number -> new Num(number.toString());
      case List<?> items -> new Arr(items.stream().map(Json::value).toList());
      default -> new Str(value.toString());
    };
  }

  record Obj(Map<String, Json> members) implements Json {
    public Obj {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }
  }

  record Arr(List<Json> items) implements Json {
    public Arr {
      items = List.copyOf(items);
    }
  }

  /** A string. */
  record Str(String value) implements Json {}

  /** @param text as it stood in the document; compares by text, not by value */
  record Num(String text) implements Json {}

  record Bool(boolean value) implements Json {}

  record Null() implements Json {}
}
