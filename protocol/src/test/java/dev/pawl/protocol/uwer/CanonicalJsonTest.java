package dev.pawl.protocol.uwer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** RFC 8785: its own samples, and what must hold for every number. */
class CanonicalJsonTest {

  @Test
  void numbersOfTheRfc() {
    Map<String, String> samples = new TreeMap<>(Map.ofEntries(
        Map.entry("0000000000000000", "0"),
        Map.entry("8000000000000000", "0"),
        Map.entry("0000000000000001", "5e-324"),
        Map.entry("8000000000000001", "-5e-324"),
        Map.entry("7fefffffffffffff", "1.7976931348623157e+308"),
        Map.entry("ffefffffffffffff", "-1.7976931348623157e+308"),
        Map.entry("4340000000000000", "9007199254740992"),
        Map.entry("c340000000000000", "-9007199254740992"),
        Map.entry("4430000000000000", "295147905179352830000"),
        Map.entry("44b52d02c7e14af5", "9.999999999999997e+22"),
        Map.entry("44b52d02c7e14af6", "1e+23"),
        Map.entry("44b52d02c7e14af7", "1.0000000000000001e+23"),
        Map.entry("444b1ae4d6e2ef4e", "999999999999999700000"),
        Map.entry("444b1ae4d6e2ef4f", "999999999999999900000"),
        Map.entry("444b1ae4d6e2ef50", "1e+21"),
        Map.entry("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        Map.entry("3eb0c6f7a0b5ed8d", "0.000001"),
        Map.entry("41b3de4355555553", "333333333.3333332"),
        Map.entry("41b3de4355555554", "333333333.33333325"),
        Map.entry("41b3de4355555555", "333333333.3333333"),
        Map.entry("41b3de4355555556", "333333333.3333334"),
        Map.entry("41b3de4355555557", "333333333.33333343"),
        Map.entry("becbf647612f3696", "-0.0000033333333333333333"),
        Map.entry("43143ff3c1cb0959", "1424953923781206.2")));
    samples.forEach((bits, expected) ->
        assertThat(JsonWriter.number(Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16))))
            .as(bits).isEqualTo(expected));
  }

  @Test
  void theDocumentOfTheRfc() {
    String given = """
        {
          "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
          "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
          "literals": [null, true, false]
        }""";
    assertThat(JsonWriter.canonical(JsonReader.read(given))).isEqualTo(
        "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
            + "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
  }

  @Test
  void membersAreSortedByUtf16CodeUnits() {
    String given = "{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,\"\\u0080\":6,\"\\u00f6\":7}";
    assertThat(JsonWriter.canonical(JsonReader.read(given)))
        .isEqualTo("{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\ufb33\":3}");
  }

  @Test
  void everyDoubleReadsBack() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 200_000; i++) {
      double value = i % 3 == 0 ? random.nextInt(100_000) / 100.0
          : i % 3 == 1 ? Double.longBitsToDouble(random.nextLong() & 0x801FFFFFFFFFFFFFL) // subnormal or nearly so
          : Double.longBitsToDouble(random.nextLong());
      if (Double.isNaN(value) || Double.isInfinite(value)) continue;
      String printed = JsonWriter.number(value);
      assertThat(Double.parseDouble(printed) == value).as(printed).isTrue();
      assertThat(JsonWriter.number(printed)).isEqualTo(printed);
    }
  }

  @Test
  void integersThatADoubleCannotHoldHaveNoDigest() {
    assertThat(JsonWriter.number("9007199254740992")).isEqualTo("9007199254740992");
    for (String bad : new String[] {"9007199254740993", "-9007199254740993", "1e400", "123456789012345678901"}) {
      assertThatThrownBy(() -> JsonWriter.number(bad)).isInstanceOf(Refusal.class);
    }
    assertThat(JsonWriter.number("1e2")).isEqualTo("100");
    assertThat(JsonWriter.number("-0.0")).isEqualTo("0");
  }
}
