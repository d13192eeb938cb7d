package dev.pawl.protocol.uwer;

import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The members of one JSON object, asked for one by one; what nobody asked for is refused at the end. */
final class Fields {
  private static final Pattern UUID_FORM =
      Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
  private static final Pattern INSTANT =
      Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.([0-9]{1,9})[0-9]*)?(Z|[+-][0-9]{2}:[0-9]{2})");

  private static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("+10000-01-01T00:00:00Z");

  private final Json.Obj object;
  private final String at;
  private final Set<String> known = new HashSet<>();

  private Fields(Json.Obj object, String at) {
    this.object = object;
    this.at = at;
  }

  static Fields of(Json value, String at) {
    if (value instanceof Json.Obj object) return new Fields(object, at);
    throw Refusal.schema("expected an object", at);
  }

  Json.Obj object() {
    return object;
  }

  /** JSON pointer of the object. */
  String at() {
    return at;
  }

  /** JSON pointer of a member. */
  String pointer(String name) {
    return at + "/" + name.replace("~", "~0").replace("/", "~1");
  }

  boolean has(String name) {
    return object.members().containsKey(name);
  }

  /** To be called last. */
  void nothingElse() {
    for (String name : object.members().keySet()) {
      if (!known.contains(name)) throw Refusal.schema("there is no such member", pointer(name));
    }
  }

  @Nullable Json find(String name) {
    known.add(name);
    return object.members().get(name);
  }

  Json get(String name) {
    Json value = find(name);
    if (value == null) throw Refusal.schema("expected member '%s'".formatted(name), at);
    return value;
  }

  Fields fields(String name) {
    return of(get(name), pointer(name));
  }

  @Nullable Fields findFields(String name) {
    Json value = find(name);
    return value == null ? null : of(value, pointer(name));
  }

  String text(String name, int longest) {
    return text(get(name), name, longest);
  }

  @Nullable String findText(String name, int longest) {
    Json value = find(name);
    return value == null ? null : text(value, name, longest);
  }

  private String text(Json value, String name, int longest) {
    if (!(value instanceof Json.Str string)) throw Refusal.schema("expected a string", pointer(name));
    String text = string.value();
    if (text.codePointCount(0, text.length()) > longest) {
      throw Refusal.schema("expected at most %d characters".formatted(longest), pointer(name));
    }
    return text;
  }

  String text(String name, int longest, Pattern form) {
    return formed(text(name, longest), name, form);
  }

  @Nullable String findText(String name, int longest, Pattern form) {
    String text = findText(name, longest);
    return text == null ? null : formed(text, name, form);
  }

  private String formed(String text, String name, Pattern form) {
    if (form.matcher(text).matches()) return text;
    throw Refusal.schema("'%s' does not match %s".formatted(
        text.length() > 80 ? text.substring(0, 80) + "..." : text, form.pattern()), pointer(name));
  }

  <E extends Enum<E>> E choice(String name, E[] values) {
    E found = findChoice(name, values);
    if (found == null) throw Refusal.schema("expected member '%s'".formatted(name), at);
    return found;
  }

  <E extends Enum<E>> @Nullable E findChoice(String name, E[] values) {
    Json value = find(name);
    if (value == null) return null;
    for (E each : values) {
      if (value instanceof Json.Str string && each.name().equals(string.value())) return each;
    }
    throw Refusal.schema("expected one of " + List.of(values), pointer(name));
  }

  long number(String name, long least, long most) {
    Long found = findNumber(name, least, most);
    if (found == null) throw Refusal.schema("expected member '%s'".formatted(name), at);
    return found;
  }

  @Nullable Long findNumber(String name, long least, long most) {
    Json value = find(name);
    if (value == null) return null;
    long number = integer(value, name);
    if (number < least || number > most) {
      throw Refusal.schema("expected %d to %d, got %d".formatted(least, most, number), pointer(name));
    }
    return number;
  }

  private long integer(Json value, String name) {
    if (!(value instanceof Json.Num number)) throw Refusal.schema("expected an integer", pointer(name));
    try {
      BigDecimal exact = new BigDecimal(number.text());
      // A number like 1e999999999 must not be written out to learn that it is too large.
      if (exact.signum() != 0 && (long) exact.precision() - exact.scale() > 20) {
        throw Refusal.schema("expected a smaller integer", pointer(name));
      }
      return exact.stripTrailingZeros().longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw Refusal.schema("expected an integer of 64 bits", pointer(name));
    }
  }

  boolean bool(String name) {
    if (get(name) instanceof Json.Bool bool) return bool.value();
    throw Refusal.schema("expected true or false", pointer(name));
  }

  boolean bool(String name, boolean otherwise) {
    return has(name) ? bool(name) : otherwise(name, otherwise);
  }

  private boolean otherwise(String name, boolean value) {
    known.add(name);
    return value;
  }

  UUID uuid(String name) {
    return UUID.fromString(text(name, Integer.MAX_VALUE, UUID_FORM));
  }

  Instant instant(String name) {
    Instant found = findInstant(name);
    if (found == null) throw Refusal.schema("expected member '%s'".formatted(name), at);
    return found;
  }

  @Nullable Instant findInstant(String name) {
    String text = findText(name, Integer.MAX_VALUE);
    if (text == null) return null;
    var form = INSTANT.matcher(text);
    if (form.matches()) {
      try {
        String fraction = form.group(1) == null ? "" : "." + form.group(2);
        Instant instant = OffsetDateTime.parse(text.substring(0, 19) + fraction + form.group(3)).toInstant();
        if (writable(instant)) return instant;
      } catch (DateTimeException e) {
        // told below
      }
    }
    throw Refusal.schema("expected a date and time with an offset", pointer(name));
  }

  /** Whether it has four digits for its year in UTC too, so that it can be written again. */
  static boolean writable(Instant instant) {
    return !instant.isBefore(EARLIEST) && instant.isBefore(LATEST);
  }

  @Nullable String findUri(String name) {
    String text = findText(name, Integer.MAX_VALUE);
    if (text == null) return null;
    if (absolute(text)) return text;
    throw Refusal.schema("expected an absolute URI", pointer(name));
  }

  static boolean absolute(String uri) {
    try {
      return new URI(uri).isAbsolute() && uri.chars().allMatch(c -> c < 128);
    } catch (URISyntaxException e) {
      return false;
    }
  }

  <T> List<T> list(String name, int most, BiFunction<Json, String, T> item) {
    List<T> found = findList(name, most, item);
    if (found == null) throw Refusal.schema("expected member '%s'".formatted(name), at);
    return found;
  }

  <T> @Nullable List<T> findList(String name, int most, BiFunction<Json, String, T> item) {
    Json value = find(name);
    if (value == null) return null;
    if (!(value instanceof Json.Arr array)) throw Refusal.schema("expected an array", pointer(name));
    if (array.items().size() > most) {
      throw Refusal.schema("expected at most %d items".formatted(most), pointer(name));
    }
    List<T> items = new ArrayList<>(array.items().size());
    for (int i = 0; i < array.items().size(); i++) items.add(item.apply(array.items().get(i), pointer(name) + "/" + i));
    return items;
  }
}
