package dev.pawl.contracts;

import dev.pawl.protocol.uwer.Json;
import dev.pawl.protocol.uwer.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds schemas whose references come back to themselves without going deeper into the payload: whoever holds a payload
 * against one of them would never come to an end. References that go by an anchor or an id are not followed.
 */
final class CircularReferences {
  /** Keywords whose schema is held against the same value, and those that have a list or a map of such schemas. */
  private static final Set<String> SAME = Set.of("not", "if", "then", "else");
  private static final Set<String> LISTS = Set.of("allOf", "anyOf", "oneOf");
  private static final Set<String> MAPS = Set.of("dependentSchemas");

  private final Json root;
  private final Set<String> fine = new HashSet<>();
  private final Set<String> under = new HashSet<>();

  private CircularReferences(Json root) {
    this.root = root;
  }

  /** A place of the schema that refers to itself, as a JSON pointer; null: there is none. @param schema valid JSON */
  static @Nullable String in(String schema) {
    byte[] bytes = schema.getBytes(StandardCharsets.UTF_8);
    // What is too deep for this reader is looked at by the validator alone.
    if (!(Json.read(bytes, Compiled.LARGEST) instanceof Parsed.Ok<Json> ok)) return null;
    CircularReferences search = new CircularReferences(ok.value());
    List<String> places = new ArrayList<>();
    places("", ok.value(), places);
    for (String place : places) {
      String circle = search.from(place);
      if (circle != null) return circle;
    }
    return null;
  }

  /** Every place with a reference: a circle has one at least. */
  private static void places(String at, Json json, List<String> found) {
    switch (json) {
      case Json.Obj object -> {
        if (object.members().get("$ref") instanceof Json.Str) found.add(at);
        object.members().forEach((name, inner) -> places(at + "/" + escaped(name), inner, found));
      }
      case Json.Arr array -> {
        for (int i = 0; i < array.items().size(); i++) places(at + "/" + i, array.items().get(i), found);
      }
      default -> {}
    }
  }

  /** Follows what is held against the same value. */
  private @Nullable String from(String place) {
    if (fine.contains(place)) return null;
    if (!under.add(place)) return place;
    for (String next : next(place)) {
      String circle = from(next);
      if (circle != null) return circle;
    }
    under.remove(place);
    fine.add(place);
    return null;
  }

  private List<String> next(String place) {
    List<String> all = new ArrayList<>();
    if (!(at(place) instanceof Json.Obj schema)) return all;
    schema.members().forEach((keyword, value) -> {
      String inner = place + "/" + escaped(keyword);
      if (keyword.equals("$ref") && value instanceof Json.Str ref) {
        String to = ref.value();
        if (to.equals("#")) all.add("");
        else if (to.startsWith("#/")) all.add(to.substring(1));
      } else if (SAME.contains(keyword)) {
        all.add(inner);
      } else if (LISTS.contains(keyword) && value instanceof Json.Arr list) {
        for (int i = 0; i < list.items().size(); i++) all.add(inner + "/" + i);
      } else if (MAPS.contains(keyword) && value instanceof Json.Obj map) {
        for (String name : map.members().keySet()) all.add(inner + "/" + escaped(name));
      }
    });
    return all;
  }

  private @Nullable Json at(String pointer) {
    @Nullable Json here = root;
    if (pointer.isEmpty()) return here;
    for (String word : pointer.substring(1).split("/", -1)) {
      String name = word.replace("~1", "/").replace("~0", "~");
      here = switch (here) {
        case Json.Obj object -> object.members().get(name);
        case Json.Arr array -> element(array, name);
        case null, default -> null;
      };
    }
    return here;
  }

  private static @Nullable Json element(Json.Arr array, String index) {
    try {
      int i = Integer.parseInt(index);
      return i >= 0 && i < array.items().size() ? array.items().get(i) : null;
    } catch (NumberFormatException noIndex) {
      return null;
    }
  }

  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
