package dev.pawl.protocol.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.value.RejectedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AvroValueTest {
  record Vector(Object value, String blob) {}

  static List<Vector> vectors() {
    return List.of(new Vector(null, "wwHioz3/VYAiNwA="), new Vector(true, "wwHioz3/VYAiNwIB"),
        new Vector(7L, "wwHioz3/VYAiNwQO"), new Vector(1.5, "wwHioz3/VYAiNwYAAAAAAAD4Pw=="),
        new Vector("hi", "wwHioz3/VYAiNwoEaGk="), new Vector(List.of(), "wwHioz3/VYAiNwwA"),
        new Vector(List.of("a"), "wwHioz3/VYAiNwwCCgJhAA=="), new Vector(Map.of("k", 1L), "wwHioz3/VYAiNw4CAmsEAgA="));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void theContractsVectors(Vector vector) {
    assertThat(Base64.getEncoder().encodeToString(AvroValue.write(vector.value()))).isEqualTo(vector.blob());
    assertThat(AvroValue.read(Base64.getDecoder().decode(vector.blob()))).isEqualTo(vector.value());
  }

  @Test
  void anyValueComesBack() {
    Random random = new Random(20261122);
    for (int i = 0; i < 5_000; i++) {
      Object value = any(random, 0);
      assertThat(AvroValue.read(AvroValue.write(value))).as("value %d", i).isEqualTo(value);
    }
  }

  private static Object any(Random random, int depth) {
    return switch (random.nextInt(depth > 4 ? 5 : 7)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextBoolean() ? random.nextLong() : (long) random.nextInt(200) - 100;
      case 3 -> random.nextGaussian();
      case 4 -> "text 😀 é " + random.nextInt();
      case 5 -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) list.add(any(random, depth + 1));
        yield list;
      }
      default -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) map.put("k" + i, any(random, depth + 1));
        yield map;
      }
    };
  }

  @Test
  void severalBlocksAndNegativeCountsAreRead() {
    byte[] head = Arrays.copyOf(AvroValue.write(null), 10);
    byte[] blocks = {0x0C, 0x02, 0x04, 0x02, 0x01, 0x04, 0x04, 0x04, 0x00};
    byte[] all = Arrays.copyOf(head, head.length + blocks.length);
    System.arraycopy(blocks, 0, all, head.length, blocks.length);
    assertThat(AvroValue.read(all)).isEqualTo(List.of(1L, 2L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "wwE=", "wwHioz3/VYAiOAA=", "xAHioz3/VYAiNwA=", "wwHioz3/VYAiNwo=",
      "wwHioz3/VYAiNwoEaA==",
      "wwHioz3/VYAiNwAA", "wwHioz3/VYAiNxA=", "wwHioz3/VYAiNwYAAAAAAADwfw==", "wwHioz3/VYAiNwoC/w==",
      "wwHioz3/VYAiNwICAA==", "wwHioz3/VYAiNwz+////////////AQ=="})
  void bytesThatAreNoValueAreRefused(String blob) {
    assertThatThrownBy(() -> AvroValue.read(Base64.getDecoder().decode(blob))).isInstanceOf(RejectedException.class);
  }

  @Test
  void everyCutOfAValueIsRefused() {
    byte[] whole = AvroValue.write(Map.of("list", List.of(1L, "two", 3.0, true)));
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> AvroValue.read(cut)).isInstanceOf(RejectedException.class);
    }
  }

  @Test
  void whatJsonCannotSayIsRefused() {
    assertThatThrownBy(() -> AvroValue.write(Double.NaN)).isInstanceOf(RejectedException.class);
    assertThatThrownBy(() -> AvroValue.write("\ud800")).isInstanceOf(RejectedException.class);
    assertThatThrownBy(() -> AvroValue.write(new java.math.BigInteger("9223372036854775808")))
        .isInstanceOf(RejectedException.class);
    assertThatThrownBy(() -> AvroValue.write(Map.of(1, 2))).isInstanceOf(RejectedException.class);
  }
}
