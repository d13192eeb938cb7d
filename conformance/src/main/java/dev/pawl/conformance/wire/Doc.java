package dev.pawl.conformance.wire;

import dev.pawl.conformance.json.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value that is looked at by paths: names and positions with slashes between them, such as {@code events/0/payload}.
 * What is not as expected is an {@link Unmet}.
 */
public class Doc {
  private static final Object ABSENT = new Object();

  private final @Nullable Object value;

  public Doc(@Nullable Object value) {
    this.value = value;
  }

  public @Nullable Object value() {
    return value;
  }

  private @Nullable Object find(String path) {
    Object at = value;
    if (path.isEmpty()) return at;
    for (String name : path.split("/")) {
      at = switch (at) {
        case Map<?, ?> map -> map.containsKey(name) ? map.get(name) : ABSENT;
        case List<?> list when name.matches("\\d+") && Integer.parseInt(name) < list.size() ->
            list.get(Integer.parseInt(name));
        case null, default -> ABSENT;
      };
      if (at == ABSENT) return ABSENT;
    }
    return at;
  }

  /** The value at a path; null if it is null or absent. */
  public @Nullable Object at(String path) {
    Object found = find(path);
    return found == ABSENT ? null : found;
  }

  public Doc doc(String path) {
    return new Doc(at(path));
  }

  public String text(String path) {
    if (at(path) instanceof String text && !text.isEmpty()) return text;
    throw new Unmet("expected a text at %s, got %s".formatted(path, shown(path)));
  }

  public long number(String path) {
    if (at(path) instanceof Long number) return number;
    throw new Unmet("expected a whole number at %s, got %s".formatted(path, shown(path)));
  }

  public List<Doc> list(String path) {
    if (!(at(path) instanceof List<?> list)) throw new Unmet("expected a list at %s, got %s".formatted(path, shown(path)));
    List<Doc> docs = new ArrayList<>();
    for (Object one : list) docs.add(new Doc(one));
    return docs;
  }

  /** The members' values at a path, one for each entry of a list. */
  public List<@Nullable Object> each(String list, String path) {
    List<@Nullable Object> values = new ArrayList<>();
    for (Doc one : list(list)) values.add(one.at(path));
    return values;
  }

  /** These members are there; null counts. */
  public Doc has(String... paths) {
    List<String> missing = Arrays.stream(paths).filter(path -> find(path) == ABSENT).toList();
    Unmet.unless(missing.isEmpty(), "expected %s in %s", missing, this);
    return this;
  }

  public Doc lacks(String... paths) {
    for (String path : paths) Unmet.unless(find(path) == ABSENT, "expected no %s in %s", path, this);
    return this;
  }

  /** Numbers are equal if they are of one kind and one value. */
  public Doc where(String path, @Nullable Object expected) {
    Object found = find(path);
    Unmet.unless(Objects.equals(found, Json.plain(expected)), "expected %s at %s, got %s in %s", Json.text(expected),
        path, found == ABSENT ? "nothing" : Json.text(found), this);
    return this;
  }

  public Doc where(String path, @Nullable Object expected, @Nullable Object... more) {
    where(path, expected);
    for (int i = 0; i < more.length; i += 2) where(String.valueOf(more[i]), more[i + 1]);
    return this;
  }

  public Doc oneOf(String path, @Nullable Object... expected) {
    Unmet.unless(Arrays.stream(expected).anyMatch(one -> Objects.equals(Json.plain(one), at(path))),
        "expected one of %s at %s, got %s", Arrays.toString(expected), path, shown(path));
    return this;
  }

  /** An object, and not the empty list that a careless serializer makes of an empty one. */
  public Doc object(String path) {
    Unmet.unless(at(path) instanceof Map, "expected an object at %s, got %s", path, shown(path));
    return this;
  }

  private String shown(String path) {
    Object found = find(path);
    return "%s in %s".formatted(found == ABSENT ? "nothing" : Json.text(found), this);
  }

  @Override
  public String toString() {
    String text = Json.text(value);
    return text.length() > 1_500 ? text.substring(0, 1_500) + "..." : text;
  }
}
