package dev.pawl.sdk.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.pawl.core.value.Payload;
import dev.pawl.sdk.TypeRef;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.PropertyNamingStrategies;

class JsonConverterTest {
  private static final JsonConverter JSON = JsonConverter.standard();

  enum Size {
    SMALL,
    LARGE
  }

  record Line(String sku, int count, Optional<String> note) {}

  record Order(long id, List<Line> lines, Map<String, Size> sizes, @Nullable Instant paidAt, Duration grace,
      BigDecimal total, LocalDate day, UUID key, Size size, byte[] image) {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({@JsonSubTypes.Type(value = Circle.class, name = "circle"),
      @JsonSubTypes.Type(value = Square.class, name = "square")})
  sealed interface Shape {}

  record Circle(double radius) implements Shape {}

  record Square(double side) implements Shape {}

  record Box<T>(T content, List<T> more) {}

  record Sample(Object value, Type type, String json) {}

  static List<Sample> samples() {
    Instant noon = Instant.parse("2026-03-01T12:00:00.000001Z");
    return List.of(
        new Sample("x", String.class, "\"x\""),
        new Sample("", String.class, "\"\""),
        new Sample(42, int.class, "42"),
        new Sample(42, Integer.class, "42"),
        new Sample(Long.MIN_VALUE, long.class, "-9223372036854775808"),
        new Sample(true, boolean.class, "true"),
        new Sample(1.5, double.class, "1.5"),
        new Sample(new BigDecimal("1E+400"), BigDecimal.class, "1E+400"),
        new Sample(new BigDecimal("0.1000"), BigDecimal.class, "0.1000"),
        new Sample(BigInteger.TEN.pow(50), BigInteger.class, "1" + "0".repeat(50)),
        new Sample(noon, Instant.class, "\"2026-03-01T12:00:00.000001Z\""),
        new Sample(Duration.ofSeconds(90), Duration.class, "\"PT1M30S\""),
        new Sample(LocalDate.of(2026, 2, 28), LocalDate.class, "\"2026-02-28\""),
        new Sample(OffsetDateTime.parse("2026-03-01T12:00:00+05:30"), OffsetDateTime.class, "\"2026-03-01T12:00:00+05:30\""),
        new Sample(ZonedDateTime.parse("2026-03-01T12:00:00+01:00[Europe/Berlin]"), ZonedDateTime.class,
            "\"2026-03-01T12:00:00+01:00[Europe/Berlin]\""),
        new Sample(Size.LARGE, Size.class, "\"LARGE\""),
        new Sample(Optional.of(3), new TypeRef<Optional<Integer>>() {}.type(), "3"),
        new Sample(Optional.empty(), new TypeRef<Optional<Integer>>() {}.type(), "null"),
        new Sample(OptionalInt.of(3), OptionalInt.class, "3"),
        new Sample(Set.of(1), new TypeRef<Set<Integer>>() {}.type(), "[1]"),
        new Sample(new Line("a", 2, Optional.empty()), Line.class, "{\"sku\":\"a\",\"count\":2,\"note\":null}"),
        new Sample(List.of(new Line("a", 2, Optional.of("!"))), new TypeRef<List<Line>>() {}.type(),
            "[{\"sku\":\"a\",\"count\":2,\"note\":\"!\"}]"),
        new Sample(Map.of("a", List.of(1, 2)), new TypeRef<Map<String, List<Integer>>>() {}.type(), "{\"a\":[1,2]}"),
        new Sample(new Box<>(new Circle(1), List.of()), new TypeRef<Box<Shape>>() {}.type(),
            "{\"content\":{\"kind\":\"circle\",\"radius\":1.0},\"more\":[]}"),
        new Sample(List.of(new Circle(1), new Square(2)), new TypeRef<List<Shape>>() {}.type(),
            "[{\"kind\":\"circle\",\"radius\":1.0},{\"kind\":\"square\",\"side\":2.0}]"),
        new Sample(new Square(2), Shape.class, "{\"kind\":\"square\",\"side\":2.0}"),
        new Sample("\0 \ud83d alone \ude00 😀 \" \\ \u2028", String.class, "\"\\u0000 \\ud83d alone \\ude00 😀 \\\" \\\\ \u2028\""));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void valuesComeBack(Sample sample) {
    Payload payload = JSON.toPayload(sample.value, sample.type);
    assertThat(payload.codec()).isEqualTo("json");
    assertThat(payload.text()).isEqualTo(sample.json);
    assertThat(JSON.fromPayload(payload, sample.type)).isEqualTo(sample.value);
  }

  @Test
  void recordsWithEverything() {
    Order order = new Order(1, List.of(new Line("a", 1, Optional.of("n"))), Map.of("s", Size.SMALL), null,
        Duration.ofDays(3), new BigDecimal("10.00"), LocalDate.of(2026, 1, 1), new UUID(1, 2), Size.LARGE, new byte[] {1, 2});
    Order back = (Order) JSON.fromPayload(JSON.toPayload(order, Order.class), Order.class);
    assertThat(back).usingRecursiveComparison().isEqualTo(order);
  }

  @Test
  void nothingIsNull() {
    assertThat(JSON.toPayload(null, Order.class)).isEqualTo(Payload.NULL);
    assertThat(JSON.fromPayload(Payload.NULL, Order.class)).isNull();
    assertThat(JSON.fromPayload(Payload.NULL, void.class)).isNull();
    assertThat(JSON.fromPayload(Payload.json("{}"), Void.class)).isNull();
    assertThatThrownBy(() -> JSON.fromPayload(Payload.NULL, int.class)).isInstanceOf(PayloadException.class);
  }

  @Test
  void bytesAndPayloadsPassUntouched() {
    byte[] bytes = {0, -1, 2};
    Payload payload = JSON.toPayload(bytes, byte[].class);
    assertThat(payload).isEqualTo(Payload.of("bytes", bytes));
    assertThat(JSON.fromPayload(payload, byte[].class)).isEqualTo(bytes);
    assertThat(JSON.fromPayload(Payload.json("\"AP8C\""), byte[].class)).isEqualTo(bytes);
    Payload foreign = Payload.of("avro", bytes);
    assertThat(JSON.toPayload(foreign, Payload.class)).isSameAs(foreign);
    assertThat(JSON.fromPayload(foreign, Payload.class)).isSameAs(foreign);
    assertThatThrownBy(() -> JSON.fromPayload(payload, Order.class)).isInstanceOf(PayloadException.class);
    assertThatThrownBy(() -> JSON.fromPayload(foreign, Order.class)).isInstanceOf(PayloadException.class)
        .hasMessageContaining("'avro'");
  }

  @Test
  void bothSidesMayBeDeployedInAnyOrder() {
    assertThat(JSON.fromPayload(Payload.json("{\"sku\":\"a\",\"count\":1,\"newer\":{\"x\":[1]}}"), Line.class))
        .isEqualTo(new Line("a", 1, Optional.empty()));
  }

  @Test
  void whatCannotBeReadSaysWhy() {
    assertThatThrownBy(() -> JSON.fromPayload(Payload.json("{\"sku\":"), Line.class))
        .isInstanceOf(PayloadException.class).hasMessageContaining("Line");
    assertThatThrownBy(() -> JSON.fromPayload(Payload.json("{} {}"), Line.class)).isInstanceOf(PayloadException.class);
    assertThatThrownBy(() -> JSON.fromPayload(Payload.json("\"HUGE\""), Size.class))
        .isInstanceOf(PayloadException.class).hasMessageContaining("Size");
    assertThatThrownBy(() -> JSON.fromPayload(Payload.json("[".repeat(100_000)), Object.class))
        .isInstanceOf(PayloadException.class);
  }

  @Test
  void theMessageDoesNotTellTheData() {
    assertThatThrownBy(() -> JSON.fromPayload(Payload.json("{\"sku\":\"secret-1\",\"count\":{\"secret-2\":1}}"), Line.class))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
  }

  @Test
  void whatCannotBeWrittenSaysWhy() {
    List<Object> loop = new java.util.ArrayList<>();
    loop.add(loop);
    assertThatThrownBy(() -> JSON.toPayload(loop, List.class)).isInstanceOf(PayloadException.class)
        .hasMessageContaining("List");
  }

  @Test
  void theWayOutToJackson() {
    JsonConverter snake =
        JsonConverter.customized(builder -> builder.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE));
    record Named(String firstName) {}
    assertThat(snake.toPayload(new Named("a"), Named.class).text()).isEqualTo("{\"first_name\":\"a\"}");
  }
}
