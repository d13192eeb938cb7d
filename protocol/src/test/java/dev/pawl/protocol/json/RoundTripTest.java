package dev.pawl.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunState;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read equals what was written, whatever users put in; and the text survives any driver. */
class RoundTripTest {
  private static final int SEEDS = 300;

  static Stream<Class<?>> events() {
    return Chance.leaves(RunEvent.class).stream();
  }

  static Stream<Class<?>> messages() {
    return Chance.leaves(Mail.Message.class).stream();
  }

  @ParameterizedTest
  @MethodSource("events")
  void events(Class<? extends RunEvent> type) {
    for (long seed = 0; seed < SEEDS; seed++) {
      RunEvent fact = new Chance(seed).make(type);
      String json = storable(EventJson.write(fact));
      assertThat(EventJson.read(fact.type(), json)).as("seed %d: %s", seed, json).isEqualTo(fact);
    }
  }

  @ParameterizedTest
  @MethodSource("messages")
  void mails(Class<? extends Mail.Message> type) {
    for (long seed = 0; seed < SEEDS; seed++) {
      Mail.Message message = new Chance(seed).make(type);
      String json = storable(MailJson.write(message));
      assertThat(MailJson.read(MailJson.type(message), json)).as("seed %d: %s", seed, json).isEqualTo(message);
    }
  }

  @Test
  void commands() {
    for (Class<?> type : Chance.leaves(Command.class)) {
      for (long seed = 0; seed < SEEDS; seed++) {
        Command command = (Command) new Chance(seed).make(type);
        String json = storable(CommandJson.write(List.of(command)));
        assertThat(CommandJson.read(json)).as("seed %d: %s", seed, json).containsExactly(command);
      }
    }
    assertThat(CommandJson.read(CommandJson.write(Samples.commands()))).isEqualTo(Samples.commands());
    assertThat(CommandJson.read("[]")).isEmpty();
  }

  @Test
  void states() {
    for (long seed = 0; seed < SEEDS; seed++) {
      RunState state = new Chance(seed).make(RunState.class);
      String json = storable(RunStateJson.write(state));
      RunState back = RunStateJson.read(json);
      assertThat(back).as("seed %d: %s", seed, json).isEqualTo(state);
      assertThat(new ArrayList<>(back.updates().keySet())).isEqualTo(new ArrayList<>(state.updates().keySet()));
      assertThat(RunStateJson.read(RunStateJson.fixed(state), RunStateJson.moving(state))).isEqualTo(state);
      assertThat(RunStateJson.write(back)).as("the same value gives the same text").isEqualTo(json);
    }
  }

  @Test
  void smallValues() {
    for (long seed = 0; seed < SEEDS * 5; seed++) {
      Chance chance = new Chance(seed);
      Payload payload = chance.payload();
      assertThat(PayloadJson.read(storable(PayloadJson.write(payload)))).isEqualTo(payload);
      Outcome outcome = chance.make(Outcome.class);
      assertThat(OutcomeJson.read(storable(OutcomeJson.write(outcome)))).isEqualTo(outcome);
      TaskJson.Body body = chance.make(TaskJson.Body.class);
      assertThat(TaskJson.read(storable(TaskJson.write(body)))).isEqualTo(body);
      RunEvent.MemoUpserted memo = chance.make(RunEvent.MemoUpserted.class);
      assertThat(PayloadJson.readAll(storable(PayloadJson.writeAll(memo.memo())))).isEqualTo(memo.memo());
      RunEvent.SearchAttributesUpserted found = chance.make(RunEvent.SearchAttributesUpserted.class);
      assertThat(SearchJson.read(storable(SearchJson.write(found.attributes())))).isEqualTo(found.attributes());
    }
  }

  @Test
  void aPayloadOfTheLargestSizeAndAllBytes() {
    byte[] all = new byte[Payload.MAX_BYTES];
    for (int i = 0; i < all.length; i++) all[i] = (byte) i;
    Payload binary = Payload.wrap("x", all);
    assertThat(PayloadJson.read(storable(PayloadJson.write(binary)))).isEqualTo(binary);
    Payload quotes = Payload.json("\"".repeat(Payload.MAX_BYTES));
    assertThat(PayloadJson.read(storable(PayloadJson.write(quotes)))).isEqualTo(quotes);
  }

  @Test
  void mapsAreSortedSoThatTheSameValueGivesTheSameText() {
    List<String> names = LongStream.range(0, 50).mapToObj(seed -> new Chance(seed).text()).distinct().toList();
    var forwards = new java.util.LinkedHashMap<String, Payload>();
    names.forEach(name -> forwards.put(name, Payload.NULL));
    var backwards = new java.util.LinkedHashMap<String, Payload>();
    names.reversed().forEach(name -> backwards.put(name, Payload.NULL));
    assertThat(PayloadJson.writeAll(forwards)).isEqualTo(PayloadJson.writeAll(backwards));
    assertThat(PayloadJson.readAll(PayloadJson.writeAll(Map.copyOf(forwards)))).isEqualTo(forwards);
  }

  @Test
  void aBottomlessChainOfCausesIsCutWhereItCanStillBeRead() {
    Failure failure = Failure.of("Root", "bottom");
    for (int i = 0; i < 10_000; i++) failure = Failure.of("T" + i, "m").causedBy(failure);
    Failure back = FailureJson.read(FailureJson.write(failure));
    int depth = 0;
    for (Failure f = back.cause(); f != null; f = f.cause()) depth++;
    assertThat(depth).isEqualTo(FailureJson.MAX_CAUSES);
  }

  /** No raw control character, and UTF-8 carries it without loss. */
  private static String storable(String json) {
    assertThat(json.chars()).noneMatch(c -> c < ' ');
    assertThat(new String(json.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)).isEqualTo(json);
    return json;
  }
}
