package dev.pawl.protocol.uwer;

import java.math.BigDecimal;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/** Writes JSON: as it stands, or in the canonical form of RFC 8785, from which digests are taken. */
final class JsonWriter {
  private final StringBuilder out = new StringBuilder();
  private final boolean canonical;

  private JsonWriter(boolean canonical) {
    this.canonical = canonical;
  }

  /** Compact, members in their order, numbers in their text. */
  static String write(Json value) {
    JsonWriter writer = new JsonWriter(false);
    writer.value(value);
    return writer.out.toString();
  }

  /** RFC 8785: members sorted by UTF-16 code units, numbers as ECMAScript prints the double, least escaping. */
  static String canonical(Json value) {
    JsonWriter writer = new JsonWriter(true);
    writer.value(value);
    return writer.out.toString();
  }

  private void value(Json value) {
    switch (value) {
      case Json.Obj object -> object(object.members());
      case Json.Arr array -> {
        out.append('[');
        Iterator<Json> items = array.items().iterator();
        while (items.hasNext()) {
          value(items.next());
          if (items.hasNext()) out.append(',');
        }
        out.append(']');
      }
      case Json.Str string -> string(string.value());
      case Json.Num number -> out.append(canonical ? number(number.text()) : number.text());
      case Json.Bool bool -> out.append(bool.value());
      case Json.Null nothing -> out.append("null");
    }
  }

  private void object(Map<String, Json> members) {
    Map<String, Json> ordered = canonical ? new TreeMap<>(members) : members; // String compares by UTF-16 code units
    out.append('{');
    Iterator<Map.Entry<String, Json>> each = ordered.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<String, Json> member = each.next();
      string(member.getKey());
      out.append(':');
      value(member.getValue());
      if (each.hasNext()) out.append(',');
    }
    out.append('}');
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          // The two last are no XML characters, and plain JSON may travel inside XML text.
          if (c < ' ' || (!canonical && c >= '\uFFFE')) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /** The number as ECMAScript prints its double. An integer that is not printed as itself has no canonical form. */
  static String number(String text) {
    double value = Double.parseDouble(text);
    if (Double.isInfinite(value)) throw Refusal.schema("number %s is too large; send it as a string".formatted(text), null);
    String printed = number(value);
    boolean integer = text.indexOf('.') < 0 && text.indexOf('e') < 0 && text.indexOf('E') < 0;
    if (integer && !printed.equals(text) && new BigDecimal(text).compareTo(new BigDecimal(printed)) != 0) {
      // Two such numbers would have one digest.
      throw Refusal.schema("integer %s is not exact as a double; send it as a string".formatted(text), null);
    }
    return printed;
  }

  static String number(double value) {
    if (value == 0) return "0";
    BigDecimal shortest = shortest(Math.abs(value));
    String digits = shortest.unscaledValue().toString();
    int k = digits.length();
    int n = k - shortest.scale(); // value = 0.digits * 10^n
    String plain;
    if (k <= n && n <= 21) {
      plain = digits + "0".repeat(n - k);
    } else if (0 < n && n <= 21) {
      plain = digits.substring(0, n) + "." + digits.substring(n);
    } else if (-6 < n && n <= 0) {
      plain = "0." + "0".repeat(-n) + digits;
    } else {
      String exponent = (n > 0 ? "e+" : "e-") + Math.abs(n - 1);
      plain = digits.substring(0, 1) + (k > 1 ? "." + digits.substring(1) : "") + exponent;
    }
    return value < 0 ? "-" + plain : plain;
  }

  /** The shortest decimal that reads back as the double. */
  private static BigDecimal shortest(double value) {
    BigDecimal printed = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (printed.precision() != 2) return printed;
    // Java never prints fewer than two digits, and picks the two closest; one digit may do as well (5e-324).
    BigDecimal down = printed.round(new java.math.MathContext(1, java.math.RoundingMode.DOWN));
    BigDecimal up = printed.round(new java.math.MathContext(1, java.math.RoundingMode.UP));
    boolean downReads = down.doubleValue() == value;
    boolean upReads = up.doubleValue() == value;
    if (!downReads && !upReads) return printed;
    if (downReads && upReads) {
      BigDecimal exact = new BigDecimal(value);
      downReads = exact.subtract(down).abs().compareTo(up.subtract(exact).abs()) <= 0;
    }
    return (downReads ? down : up).stripTrailingZeros();
  }
}
