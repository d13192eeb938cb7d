package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.SearchValue;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.DatabaseServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Content that breaks databases, encodings and languages: it comes back as it was, or is refused at the door. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class OddContentTest extends EngineFixture {
  private static final List<String> WORDS = List.of("O'Brien", "''", "a:b:c", "100%", "_", "\\", "\\'", "\"quoted\"", "`back`",
      "%s ? $1 {now}", "; drop table pawl_runs; --", "😀 家", "zwölf", "e\u0301", "\u202Eright to left", " a ", "line\nbreak\t",
      "\u0001\u007F", "null", "x".repeat(2_048), "ß".repeat(1_024));

  OddContentTest(DatabaseServer server) {
    super(server);
  }

  private static List<Payload> payloads() {
    byte[] every = new byte[256];
    for (int i = 0; i < every.length; i++) every[i] = (byte) i;
    return List.of(Payload.json("\"\\u0000\""), Payload.json("\"a\u0000b\""), Payload.json("\"\\ud800\""),
        Payload.of(Payload.JSON, new byte[] {'"', (byte) 0xC3, '(', (byte) 0xFF, '"'}), Payload.json("1e400"),
        Payload.json("1" + "0".repeat(400)), Payload.json("{\"a\":1,\"a\":2}"), Payload.json("no json at all {"),
        Payload.of(Payload.JSON, new byte[0]), Payload.of("any bytes", every),
        Payload.json("\uFEFF{\"bom\":true}"), Payload.json("\"😀 \u202E\""), Payload.json("[".repeat(5_000)));
  }

  @Test
  void anyBytesComeBackAsTheyWere() {
    List<Payload> payloads = payloads();
    Hand hand = new Hand(pawl);
    for (int i = 0; i < payloads.size(); i++) {
      Payload odd = payloads.get(i);
      String id = "w-" + i;
      control.start(ControlApi.Start.of("default", id, "Order", "q", odd));
      control.signal(ref(id), ControlApi.Message.of("s", odd));
      WorkerApi.WorkflowTaskGrant grant = hand.run();
      assertThat(((RunEvent.WorkflowStarted) grant.events().get(1).fact()).input()).as("input %d", i).isEqualTo(odd);
      assertThat(grant.events()).filteredOn(event -> event.fact() instanceof RunEvent.SignalReceived)
          .singleElement().satisfies(event ->
              assertThat(((RunEvent.SignalReceived) event.fact()).input()).isEqualTo(odd));
      hand.report(grant.token(), Hand.last(grant.events()), true, new Command.CompleteRun(odd, List.of()));
      assertThat(control.awaitResult(ref(id), NOW).outcome()).as("result %d", i).isEqualTo(new Outcome.Success(odd));
    }
  }

  @Test
  void whatASearchAttributeHoldsIsFound() {
    for (int i = 0; i < WORDS.size(); i++) {
      begin("w-" + i, Map.of("Word", new SearchValue.Keyword(WORDS.get(i))));
    }
    for (int i = 0; i < WORDS.size(); i++) {
      String quoted = "'" + WORDS.get(i).replace("'", "''") + "'";
      assertThat(control.list("default", "Word = " + quoted, 100, null).runs())
          .as(WORDS.get(i)).extracting(ControlApi.RunView::workflowId).containsExactly("w-" + i);
      assertThat(control.describe(ref("w-" + i)).searchAttributes())
          .containsEntry("Word", new SearchValue.Keyword(WORDS.get(i)));
    }
    assertThat(control.count("default", "Word starts with '%'")).isEqualTo(1);
    assertThat(control.count("default", "Word starts with '_'")).isEqualTo(1);
  }

  @Test
  void whatNoIndexCanHoldIsRefusedAndHoldsNothingUp() {
    for (String impossible : List.of("x".repeat(10_000), "a\u0000b", "half \uD83D")) {
      var odd = Map.<String, SearchValue>of("Word", new SearchValue.Keyword(impossible));
      assertRejected(Code.INVALID_ARGUMENT, () -> begin("refused", odd), Code.LIMIT_EXCEEDED);
      assertRejected(Code.RUN_NOT_FOUND, () -> control.describe(ref("refused")));
      String id = "w" + impossible.length();
      control.start(start(id));
      Hand hand = new Hand(pawl);
      WorkerApi.WorkflowTaskGrant grant = hand.run();
      long seen = Hand.last(grant.events());
      WorkerApi.Report report = new WorkerApi.Report(grant.token(), hand.session, 1, seen,
          List.of(new Command.UpsertSearchAttributes(1, odd)), false);
      assertRejected(Code.INVALID_ARGUMENT, () -> hand.api.report(report), Code.LIMIT_EXCEEDED);
      hand.report(grant.token(), seen, true, done("1"));
      assertThat(control.awaitResult(ref(id), NOW).outcome()).isInstanceOf(Outcome.Success.class);
    }
  }

  private void begin(String id, Map<String, SearchValue> attributes) {
    StartOptions options = new StartOptions(null, null, Duration.ofSeconds(10), null, Duration.ZERO, 5, null, Map.of(),
        Map.of(), attributes);
    control.start(new ControlApi.Start("default", id, "Order", "q", Payload.of("bytes", "x".getBytes(StandardCharsets.UTF_8)),
        options, ReusePolicy.ALLOW, ConflictPolicy.FAIL, null, null, null));
  }
}
