package dev.pawl.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Text that this package never wrote is told with its reason, and nothing else ever escapes. */
class CorruptTest {

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "``                          | event StepStarted cannot be read: at character 0: expected an object, found the end of the text",
      "[]                          | expected an object, found a list",
      "null                        | expected an object, found 'n'",
      "{\"name\":\"x\"}            | member 'step' is missing",
      "{\"step\":null,\"name\":\"x\"} | member 'step' is missing",
      "{\"step\":1}                | member 'name' is missing",
      "{\"step\":\"1\",\"name\":\"x\"} | at character 8 (member 'step'): expected an integer, found a string",
      "{\"step\":1.0,\"name\":\"x\"} | expected an integer, found 1.0",
      "{\"step\":3000000000,\"name\":\"x\"} | expected a number of 32 bits, found 3000000000",
      "{\"step\":1e9,\"name\":\"x\"} | expected an integer, found 1e9",
      "{\"step\":01,\"name\":\"x\"} | expected a member or the end of the object, found a number",
      "{\"step\":-,\"name\":\"x\"}  | expected an integer",
      "{\"step\":1,\"name\":7}      | at character 17 (member 'name'): expected a string, found a number",
      "{\"step\":1,\"name\":\"x\",}  | expected a member's name, found '}'",
      "{\"step\":1 \"name\":\"x\"}  | expected a member or the end of the object, found a string",
      "{\"step\":1,\"name\":\"x\"} 1 | expected the end, found a number",
      "{\"step\":1,\"name\":\"x\"   | found the end of the text",
      "{\"step\":1,\"name\":\"x     | expected the end of a string",
      "{\"step\":1,\"name\":\"\\q\"} | expected an escape, found 'q'",
      "{\"step\":1,\"name\":\"\\u12g4\"} | expected four hex digits, found 'g'",
      "{step:1,\"name\":\"x\"}      | expected a member's name",
  })
  void saysWhatIsWrongAndWhere(String json, String reason) {
    assertThatThrownBy(() -> EventJson.read("StepStarted", json))
        .isInstanceOf(CorruptHistory.class)
        .hasMessageContaining("event StepStarted cannot be read: ")
        .hasMessageContaining(reason);
  }

  @Test
  void unknownMembersAreSkippedSoThatOldReadersSurviveNewFields() {
    String newer = """
        {"before":{"deep":[1,{"x":null},"]}"],"n":-1.5e-7},"step":1,"behind":[[],{}],"name":"x","flag":true,"no":false,
        "nothing":null,"huge":1%s}""".formatted("0".repeat(900));
    assertThat(EventJson.read("StepStarted", newer)).isEqualTo(new RunEvent.StepStarted(1, "x"));
  }

  @Test
  void absentMembersHaveDefaults() {
    assertThat(EventJson.read("StepCompleted", "{\"step\":1,\"name\":\"x\"}"))
        .isEqualTo(new RunEvent.StepCompleted(1, "x", null, 1));
    assertThat(EventJson.read("WorkflowCompleted", "{}"))
        .isEqualTo(new RunEvent.WorkflowCompleted(null, java.util.List.of()));
  }

  @Test
  void typesOfANewerBuildAreToldApartFromGarbage() {
    assertThatThrownBy(() -> EventJson.read("QuantumLeap", "{}")).isInstanceOf(CorruptHistory.class)
        .hasMessageContaining("QuantumLeap").hasMessageContaining("newer");
    assertThatThrownBy(() -> MailJson.read("QuantumLeap", "{}")).isInstanceOf(CorruptHistory.class)
        .hasMessageContaining("newer");
    assertThatThrownBy(() -> EventJson.read("ChildWorkflowScheduled", """
        {"step":1,"workflowType":"a","workflowId":"b","queue":"q","options":{"taskTimeout":1},"parentClose":"SING"}"""))
        .isInstanceOf(CorruptHistory.class).hasMessageContaining("'SING' is no ParentClosePolicy");
  }

  @Test
  void depthIsBounded() {
    String deep = "{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    assertThatThrownBy(() -> EventJson.read("TimerFired", deep)).isInstanceOf(CorruptHistory.class)
        .hasMessageContaining("nested deeper than 200 levels");
    String causes = "{\"type\":\"T\",\"message\":\"m\",\"cause\":".repeat(100_000);
    assertThatThrownBy(() -> FailureJson.read(causes)).isInstanceOf(CorruptHistory.class)
        .hasMessageContaining("nested deeper");
  }

  @Test
  void numbersAreBounded() {
    assertThatThrownBy(() -> EventJson.read("TimerScheduled", "{\"step\":1,\"delay\":1e999999999,\"fireAt\":1}"))
        .isInstanceOf(CorruptHistory.class).hasMessageContaining("too long a duration");
    assertThatThrownBy(() -> EventJson.read("TimerFired", "{\"step\":" + "9".repeat(1_000_000) + "}"))
        .isInstanceOf(CorruptHistory.class).hasMessageContaining("more than 1000 characters");
    var fired = (RunEvent.TimerScheduled) EventJson.read("TimerScheduled",
        EventJson.write(new RunEvent.TimerScheduled(1, Duration.ofSeconds(Long.MAX_VALUE), java.time.Instant.MAX)));
    assertThat(fired.delay()).isGreaterThan(Duration.ofDays(365 * 290_000L));
    assertThat(fired.fireAt()).isAfter(java.time.Instant.parse("+290000-01-01T00:00:00Z"));
  }

  @Test
  void smallValuesToo() {
    assertThatThrownBy(() -> PayloadJson.read("{\"codec\":\"x\"}")).isInstanceOf(CorruptHistory.class);
    assertThatThrownBy(() -> PayloadJson.read("{\"base64\":\"*\"}")).isInstanceOf(CorruptHistory.class);
    assertThatThrownBy(() -> OutcomeJson.read("{}")).isInstanceOf(CorruptHistory.class);
    assertThatThrownBy(() -> FailureJson.read("{\"type\":\"x\"}")).isInstanceOf(CorruptHistory.class);
    assertThatThrownBy(() -> SearchJson.read("{\"a\":{\"geo\":1}}")).isInstanceOf(CorruptHistory.class);
    assertThatThrownBy(() -> SearchJson.read("{\"a\":{\"real\":\"1\"}}")).isInstanceOf(CorruptHistory.class);
    assertThatThrownBy(() -> RunStateJson.read("{}")).isInstanceOf(CorruptHistory.class);
    assertThatThrownBy(() -> RunStateJson.read("{", "{}")).isInstanceOf(CorruptHistory.class);
    assertThatThrownBy(() -> TaskJson.read("{}")).isInstanceOf(CorruptHistory.class);
    assertThatThrownBy(() -> CommandJson.read("[{\"type\":\"Sing\"}]")).isInstanceOf(RejectedException.class)
        .hasMessageStartingWith("invalid_argument: ").hasMessageContaining("'Sing'");
  }

  @Test
  void anyDamageIsEitherReadOrTold() {
    Random random = new Random(7);
    String good = RunStateJson.write(Samples.state());
    for (int i = 0; i < 30_000; i++) {
      StringBuilder bad = new StringBuilder(good);
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        int at = random.nextInt(bad.length());
        switch (random.nextInt(4)) {
          case 0 -> bad.replace(at, at + 1, " ");
          case 1 -> bad.setCharAt(at, "{}[]:,\"\\ntf0-e.\0\ud800".charAt(random.nextInt(17)));
          case 2 -> bad.insert(at, bad.charAt(random.nextInt(bad.length())));
          default -> bad.setLength(Math.max(1, at));
        }
      }
      try {
        RunStateJson.read(bad.toString());
      } catch (CorruptHistory told) {
        assertThat(told).hasMessageContaining("cannot be read");
      }
    }
  }

  /** Jackson as the oracle: what it refuses we refuse, what both read is the same. */
  @Test
  void readsJustWhatJsonIs() {
    JsonMapper oracle = JsonMapper.builder().build();
    Random random = new Random(11);
    String pieces = "{}[]:,\"\\ntf0123456789-+eE. \n\tabu";
    String good = "{\"json\":\"a\\u00e9\\n\",\"other\":[1,-2.5e+3,true,false,null,{\"x\":\"\"}]}";
    int agreed = 0;
    for (int i = 0; i < 50_000; i++) {
      StringBuilder bad = new StringBuilder(good);
      for (int n = random.nextInt(0, 3); n > 0; n--) {
        int at = random.nextInt(bad.length());
        if (random.nextBoolean()) bad.setCharAt(at, pieces.charAt(random.nextInt(pieces.length())));
        else bad.deleteCharAt(at);
      }
      String text = bad.toString();
      String expected;
      try {
        var tree = oracle.readTree(text);
        expected = tree.isObject() && tree.path("json").isString() && !text.contains("\"text\"")
            && !text.contains("\"base64\"") && !text.contains("\"codec\"") ? tree.path("json").stringValue() : null;
        if (expected == null) continue;
      } catch (tools.jackson.core.JacksonException no) {
        assertThatThrownBy(() -> PayloadJson.read(text)).as(text).isInstanceOf(CorruptHistory.class);
        continue;
      }
      assertThat(PayloadJson.read(text)).as(text).isEqualTo(Payload.json(expected));
      agreed++;
    }
    assertThat(agreed).isGreaterThan(1000);
  }
}
