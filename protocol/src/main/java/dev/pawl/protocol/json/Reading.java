package dev.pawl.protocol.json;

import dev.pawl.core.run.CorruptHistory;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Reading whole texts, lists and maps. */
final class Reading {
  private Reading() {}

  /** Reads one value and nothing after it. @param what names it in the message of the failure */
  static <T> T whole(String what, String json, Function<JsonSource, T> read) {
    try {
      JsonSource in = new JsonSource(json);
      T value = read.apply(in);
      in.end();
      return value;
    } catch (BadJson | IllegalArgumentException | ArithmeticException | DateTimeException e) {
      throw new CorruptHistory("%s cannot be read: %s".formatted(what, e.getMessage()), e);
    }
  }

  /** Keeps the order of the text; unmodifiable. */
  static <T> Map<String, T> map(JsonSource in, Function<JsonSource, T> read) {
    in.open();
    Map<String, T> map = null;
    for (String name = in.member(); name != null; name = in.member()) {
      if (map == null) map = new LinkedHashMap<>();
      map.put(name, read.apply(in));
    }
    return map == null ? Map.of() : Collections.unmodifiableMap(map);
  }

  /** A map whose keys are step numbers. */
  static <T> Map<Integer, T> steps(JsonSource in, Function<JsonSource, T> read) {
    in.open();
    Map<Integer, T> map = null;
    for (String name = in.member(); name != null; name = in.member()) {
      if (map == null) map = new LinkedHashMap<>();
      map.put(Integer.valueOf(name), read.apply(in));
    }
    return map == null ? Map.of() : Collections.unmodifiableMap(map);
  }

  static <T> List<T> list(JsonSource in, Function<JsonSource, T> read) {
    in.openList();
    List<T> list = new ArrayList<>();
    while (in.element()) list.add(read.apply(in));
    return List.copyOf(list);
  }

  static <E extends Enum<E>> E oneOf(Class<E> type, String name) {
    try {
      return Enum.valueOf(type, name);
    } catch (IllegalArgumentException unknown) {
      throw new BadJson("'%s' is no %s that this build knows".formatted(name, type.getSimpleName()));
    }
  }

  /** The same map in the order of its keys. */
  static <K extends Comparable<K>, V> Map<K, V> sorted(Map<K, V> map) {
    return map.size() < 2 ? map : new TreeMap<>(map);
  }
}
