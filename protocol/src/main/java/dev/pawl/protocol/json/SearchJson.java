package dev.pawl.protocol.json;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.value.SearchValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Typed search attributes as JSON: {@code {"keyword":"x"}}, {@code {"keywords":["x"]}}, {@code {"int":1}},
 * {@code {"real":1.5}}, {@code {"bool":true}}, {@code {"time":micros}}, {@code {"unset":true}}.
 */
public final class SearchJson {
  private SearchJson() {}

  /** Attributes as text for a column, sorted by name. */
  public static String write(Map<String, SearchValue> attributes) {
    JsonText out = JsonText.take();
    writeAll(out, attributes);
    return out.done();
  }

  /** @throws CorruptHistory if {@link #write} never wrote this */
  public static Map<String, SearchValue> read(String json) {
    return Reading.whole("search attributes", json, in -> Reading.map(in, SearchJson::read));
  }

  static void write(JsonText out, String name, Map<String, SearchValue> attributes) {
    if (!attributes.isEmpty()) writeAll(out.name(name), attributes);
  }

  static void writeAll(JsonText out, Map<String, SearchValue> attributes) {
    out.open();
    Reading.sorted(attributes).forEach((key, value) -> write(out.key(key), value));
    out.close();
  }

  private static void write(JsonText out, SearchValue value) {
    out.open();
    switch (value) {
      case SearchValue.Keyword it -> out.text("keyword", it.value());
      case SearchValue.Keywords it -> {
        out.name("keywords").openList();
        it.values().forEach(out::string);
        out.closeList();
      }
      case SearchValue.Int it -> out.number("int", it.value());
      case SearchValue.Real it -> out.name("real").real(it.value());
      case SearchValue.Bool it -> out.name("bool").bool(it.value());
      case SearchValue.Time it -> out.instant("time", it.value());
      case SearchValue.Unset it -> out.flag("unset", true);
    }
    out.close();
  }

  static SearchValue read(JsonSource in) {
    in.open();
    @Nullable SearchValue value = null;
    for (String name = in.member(); name != null; name = in.member()) {
      switch (name) {
        case "keyword" -> value = new SearchValue.Keyword(in.string());
        case "keywords" -> value = new SearchValue.Keywords(Reading.list(in, JsonSource::string));
        case "int" -> value = new SearchValue.Int(in.number());
        case "real" -> value = new SearchValue.Real(in.real());
        case "bool" -> value = new SearchValue.Bool(in.bool());
        case "time" -> value = new SearchValue.Time(in.instant());
        case "unset" -> {
          if (in.bool()) value = new SearchValue.Unset();
        }
        default -> in.skip();
      }
    }
    if (value == null) throw new BadJson("a search attribute of no type that this build knows");
    return value;
  }
}
