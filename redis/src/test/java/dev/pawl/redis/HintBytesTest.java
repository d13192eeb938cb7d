package dev.pawl.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.engine.hint.Hint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HintBytesTest {
  private static final UUID NODE = new UUID(1, 2);
  private static final List<Hint> ALL = List.of(new Hint.WorkflowReady("default", "orders", "Order"),
      new Hint.ActivityReady("default", "mail \t\n\0 ü", ""), new Hint.JobReady("tenant", "email.send"),
      new Hint.Changed("default", "order-42", true), new Hint.Changed("default", "order-43", false));

  @Test
  void whatIsWrittenIsRead() {
    List<byte[]> messages = HintBytes.write(NODE, ALL);
    assertThat(messages).hasSize(1);
    assertThat(HintBytes.read(messages.getFirst())).isEqualTo(new HintBytes.Message(NODE, ALL));
  }

  @Test
  void manyHintsAreManyMessages() {
    List<Hint> many = new ArrayList<>();
    for (int i = 0; i < 1_234; i++) many.add(new Hint.Changed("default", "order-" + i, true));
    List<Hint> read = new ArrayList<>();
    for (byte[] message : HintBytes.write(NODE, many)) read.addAll(HintBytes.read(message).hints());
    assertThat(read).isEqualTo(many);
  }

  @Test
  void whatIsNoMessageIsNotRead() {
    byte[] good = HintBytes.write(NODE, ALL).getFirst();
    for (int length = 0; length < good.length; length++) {
      assertThat(HintBytes.read(Arrays.copyOf(good, length))).as("cut after %d bytes", length).isNull();
    }
    assertThat(HintBytes.read(Arrays.copyOf(good, good.length + 1))).as("something behind it").isNull();
    byte[] newer = good.clone();
    newer[4] = 2;
    assertThat(HintBytes.read(newer)).as("another version").isNull();
    assertThat(HintBytes.read(new byte[HintBytes.MOST_BYTES + 1])).isNull();
  }

  @Test
  void noiseDoesNoHarm() {
    Random random = new Random(7);
    byte[] good = HintBytes.write(NODE, ALL).getFirst();
    for (int i = 0; i < 50_000; i++) {
      byte[] noise = good.clone();
      for (int j = random.nextInt(4); j >= 0; j--) noise[random.nextInt(noise.length)] = (byte) random.nextInt();
      HintBytes.Message read = HintBytes.read(noise);
      if (read != null) assertThat(read.hints()).hasSizeLessThanOrEqualTo(500);
    }
  }
}
