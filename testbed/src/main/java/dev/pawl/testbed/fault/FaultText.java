package dev.pawl.testbed.fault;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Faults as lines of text: a name and {@code key=value} words. */
final class FaultText {
  private FaultText() {}

  static String name(Fault fault) {
    return switch (fault) {
      case Fault.CutBeforeCommit f -> "cut-before-commit";
      case Fault.CutAfterCommit f -> "cut-after-commit";
      case Fault.LateCommit f -> "late-commit";
      case Fault.StallCommit f -> "stall-commit";
      case Fault.Delay f -> "delay";
      case Fault.Freeze f -> "freeze";
      case Fault.Drop f -> "drop";
      case Fault.Truncate f -> "truncate";
      case Fault.Refuse f -> "refuse";
      case Fault.Reset f -> "reset";
      case Fault.Finish f -> "finish";
    };
  }

  static String write(Fault fault) {
    String words = switch (fault) {
      case Fault.CutBeforeCommit f -> when(f.when());
      case Fault.CutAfterCommit f -> when(f.when());
      case Fault.LateCommit f -> when(f.when()) + " hold=" + f.hold();
      case Fault.StallCommit f -> when(f.when());
      case Fault.Delay f -> direction(f.direction()) + " base=" + f.base() + " jitter=" + f.jitter() + " seed=" + f.seed();
      case Fault.Freeze f -> direction(f.direction());
      case Fault.Drop f -> direction(f.direction());
      case Fault.Truncate f -> direction(f.direction()) + " bytes=" + f.bytes();
      case Fault.Refuse f -> "";
      case Fault.Reset f -> "";
      case Fault.Finish f -> "";
    };
    return words.isEmpty() ? name(fault) : name(fault) + " " + words;
  }

  private static String when(When when) {
    return switch (when) {
      case When.Nth nth -> "nth=" + nth.n();
      case When.Every every -> "every=" + every.n();
      case When.Chance chance -> "chance=" + chance.probability() + " seed=" + chance.seed();
    };
  }

  private static String direction(Direction direction) {
    return "direction=" + direction.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Fault read(String text) {
    String[] parts = text.strip().split("\\s+");
    var words = new Words(text);
    for (int i = 1; i < parts.length; i++) words.put(parts[i]);
    Fault fault = switch (parts[0]) {
      case "cut-before-commit" -> new Fault.CutBeforeCommit(words.when());
      case "cut-after-commit" -> new Fault.CutAfterCommit(words.when());
      case "late-commit" -> new Fault.LateCommit(words.when(), words.duration("hold", null));
      case "stall-commit" -> new Fault.StallCommit(words.when());
      case "delay" -> new Fault.Delay(words.direction(), words.duration("base", null),
          words.duration("jitter", Duration.ZERO), words.number("seed", 0L));
      case "freeze" -> new Fault.Freeze(words.direction());
      case "drop" -> new Fault.Drop(words.direction());
      case "truncate" -> new Fault.Truncate(words.direction(), words.number("bytes", null));
      case "refuse" -> new Fault.Refuse();
      case "reset" -> new Fault.Reset();
      case "finish" -> new Fault.Finish();
      default -> throw new IllegalArgumentException("no such fault: '%s'".formatted(parts[0]));
    };
    words.expectNone();
    return fault;
  }

  private static final class Words {
    private final String text;
    private final Map<String, String> left = new LinkedHashMap<>();

    Words(String text) {
      this.text = text;
    }

    void put(String word) {
      int equals = word.indexOf('=');
      if (equals < 1) throw new IllegalArgumentException("expected key=value, got '%s' in '%s'".formatted(word, text));
      left.put(word.substring(0, equals), word.substring(equals + 1));
    }

    private String take(String key) {
      String value = left.remove(key);
      if (value == null) throw new IllegalArgumentException("expected %s=... in '%s'".formatted(key, text));
      return value;
    }

    long number(String key, @Nullable Long otherwise) {
      return otherwise != null && !left.containsKey(key) ? otherwise : Long.parseLong(take(key));
    }

    Duration duration(String key, @Nullable Duration otherwise) {
      return otherwise != null && !left.containsKey(key) ? otherwise : Duration.parse(take(key));
    }

    Direction direction() {
      if (!left.containsKey("direction")) return Direction.BOTH;
      return Direction.valueOf(take("direction").toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    When when() {
      if (left.containsKey("chance")) return new When.Chance(Double.parseDouble(take("chance")), number("seed", 0L));
      if (left.containsKey("every")) return new When.Every(number("every", null));
      return new When.Nth(number("nth", 1L));
    }

    void expectNone() {
      if (!left.isEmpty()) throw new IllegalArgumentException("'%s' does not know %s".formatted(text, left.keySet()));
    }
  }
}
