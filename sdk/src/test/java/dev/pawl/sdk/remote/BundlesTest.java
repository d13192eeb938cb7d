package dev.pawl.sdk.remote;

import static dev.pawl.sdk.remote.ScriptedServer.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.json.Exchange.Ask;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that go together: which do, what each of them hears, and what becomes of them when the answer is lost. */
@Timeout(180)
class BundlesTest {
  private static final String FINE = "{\"yes\":true}";
  private static final String BUNDLE = "/below/api/sdk/bundle";
  private final List<AutoCloseable> open = new ArrayList<>();
  /** Holds the first requests back, so that others gather. */
  private final CountDownLatch free = new CountDownLatch(1);


  @AfterEach
  void close() throws Exception {
    free.countDown();
    for (AutoCloseable one : open) one.close();
  }

  private ScriptedServer server(ScriptedServer.Act... acts) {
    ScriptedServer server = new ScriptedServer(acts);
    open.add(server);
    return server;
  }

  /** A client that has heard that bundles are taken: the first act of the script says so. */
  private HttpExchange knowing(ScriptedServer server) {
    RemoteSettings settings = new RemoteSettings();
    settings.patience = Duration.ofSeconds(10);
    HttpExchange exchange = new HttpExchange(List.of(server.address()), settings);
    open.addFirst(exchange);
    assertThat(exchange.ask(call("first"))).isEqualTo(FINE);
    return exchange;
  }

  private static ScriptedServer.Act knows() {
    return says(200, FINE, "X-Pawl-Sdk-Features", "something,bundle");
  }

  private static Ask call(String name, Rejection.Code... done) {
    return new Ask("work/" + name, "{\"it\":\"%s\"}".formatted(name), Duration.ZERO, false, true, Set.of(done), null);
  }

  private static Ask poll(SessionId session) {
    return new Ask("work/workflows/poll", "{}", Duration.ofSeconds(20), false, true, Set.of(), session);
  }

  private static ScriptedServer.Act answers(String... lines) {
    return says(200, "\n" + String.join("\n", lines) + "\n", "Content-Type", Bundle.MEDIA);
  }

  /** Answers when the test lets it. */
  private ScriptedServer.Act later(ScriptedServer.Act act) {
    return exchange -> {
      try {
        free.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      act.play(exchange);
    };
  }

  /** Says some lines of more, and hangs up. */
  private static ScriptedServer.Act breaksOffAfter(String lines) {
    return exchange -> {
      exchange.getResponseHeaders().add("Content-Type", Bundle.MEDIA);
      exchange.sendResponseHeaders(200, 1000);
      OutputStream out = exchange.getResponseBody();
      out.write(lines.getBytes(StandardCharsets.UTF_8));
      out.flush();
      exchange.close();
    };
  }

  /** Until the client hangs up. */
  private static void saysForEverThatItLives(com.sun.net.httpserver.HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", Bundle.MEDIA);
    exchange.sendResponseHeaders(200, 0);
    while (true) {
      exchange.getResponseBody().write('\n');
      exchange.getResponseBody().flush();
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }

  /** Asks on a thread of its own, and returns when that waits for its answer. */
  private static CompletableFuture<String> asks(HttpExchange exchange, Ask ask) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    Thread thread = Thread.ofVirtual().start(() -> {
      try {
        answer.complete(exchange.ask(ask));
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
    });
    while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) Thread.onSpinWait();
    return answer;
  }

  private static void waitFor(ScriptedServer server, int requests) {
    while (server.asked.size() < requests) Thread.onSpinWait();
  }

  /** Two requests are on their way and unheard of; the next calls gather behind them. */
  private List<CompletableFuture<String>> busy(HttpExchange exchange, ScriptedServer server) {
    var one = asks(exchange, call("one"));
    waitFor(server, 2);
    var two = asks(exchange, call("two"));
    waitFor(server, 3);
    return List.of(one, two);
  }

  @Test
  void aServerThatSaysNothingOfBundlesIsAskedCallByCall() {
    ScriptedServer plain = server(says(200, FINE), says(200, FINE));
    HttpExchange exchange = knowing(plain);
    assertThat(exchange.ask(call("second"))).isEqualTo(FINE);
    assertThat(plain.asked).containsExactly("/below/api/sdk/work/first", "/below/api/sdk/work/second");
  }

  @Test
  void callsThatWaitForEachOtherGoTogetherAndEachHearsItsOwnAnswer() {
    ScriptedServer server = server(knows(), later(answers("0 200 0 {\"n\":1}")), later(answers("0 200 0 {\"n\":2}")),
        answers("2 200 0 {\"n\":\"c\"}", "", "0 200 0 {\"n\":\"a\"}",
            "1 409 0 {\"message\":\"no\",\"reason\":\"lease_lost\"}"));
    HttpExchange exchange = knowing(server);
    var before = busy(exchange, server);
    var a = asks(exchange, call("a"));
    var b = asks(exchange, call("b"));
    var c = asks(exchange, poll(SessionId.random()));
    free.countDown();
    assertThat(before.get(0).join()).isNotEqualTo(before.get(1).join());
    assertThat(a.join()).isEqualTo("{\"n\":\"a\"}");
    assertThat(c.join()).isEqualTo("{\"n\":\"c\"}");
    assertThatThrownBy(b::join).cause().isInstanceOfSatisfying(RejectedException.class,
        e -> assertThat(e.code()).isEqualTo(Rejection.Code.LEASE_LOST));
    assertThat(server.asked).hasSize(4).endsWith(BUNDLE, BUNDLE, BUNDLE);
    assertThat(server.bodies.getLast()).isEqualTo(
        "work/a {\"it\":\"a\"}\nwork/b {\"it\":\"b\"}\nwork/workflows/poll {}\n");
  }

  @Test
  void onlyWhatWasLostIsAskedAgain() {
    ScriptedServer server = server(knows(), later(answers("0 200 0 {}")), later(answers("0 200 0 {}")),
        breaksOffAfter("\n1 200 0 {\"n\":\"b\"}\n0 200 0 {\"n\""), answers("0 200 0 {\"n\":\"a\"}"));
    HttpExchange exchange = knowing(server);
    busy(exchange, server);
    var a = asks(exchange, call("a"));
    var b = asks(exchange, call("b"));
    free.countDown();
    assertThat(b.join()).isEqualTo("{\"n\":\"b\"}");
    assertThat(a.join()).isEqualTo("{\"n\":\"a\"}");
    assertThat(server.bodies.getLast()).isEqualTo("work/a {\"it\":\"a\"}\n");
  }

  @Test
  void aRepeatedCallIsRefusedBecauseItGotThroughTheFirstTime() {
    ScriptedServer server = server(knows(), breaksOffAfter("\n"),
        answers("0 404 0 {\"message\":\"no\",\"reason\":\"task_not_found\"}"));
    assertThat(knowing(server).ask(call("release", Rejection.Code.TASK_NOT_FOUND))).isEmpty();
  }

  @Test
  void whoeverIsBusySaysSoOfOneCall() {
    ScriptedServer server = server(knows(), answers("0 429 1 {\"message\":\"no\",\"reason\":\"overloaded\"}"),
        answers("0 200 0 " + FINE));
    long before = System.nanoTime();
    assertThat(knowing(server).ask(call("report"))).isEqualTo(FINE);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(500));
  }

  @Test
  void aServerThatIsAnotherOneMeanwhileIsAskedCallByCallAgain() {
    ScriptedServer server = server(knows(), says(404, "{\"message\":\"no\",\"reason\":\"not_found\"}"),
        says(200, FINE), says(200, FINE));
    HttpExchange exchange = knowing(server);
    assertThat(exchange.ask(call("second"))).isEqualTo(FINE);
    assertThat(exchange.ask(call("third"))).isEqualTo(FINE);
    assertThat(server.asked).containsExactly("/below/api/sdk/work/first", BUNDLE, "/below/api/sdk/work/second",
        "/below/api/sdk/work/third");
  }

  @Test
  void aRefusalOfTheWholeIsOneOfEachCall() {
    ScriptedServer server = server(knows(), says(401, "{\"message\":\"no\",\"reason\":\"unauthorized\"}"));
    HttpExchange exchange = knowing(server);
    assertThatThrownBy(() -> exchange.ask(call("second"))).isInstanceOfSatisfying(RejectedException.class,
        e -> assertThat(e.code()).isEqualTo(Rejection.Code.FORBIDDEN));
  }

  @Test
  void nonsenseIsNoAnswer() {
    ScriptedServer server = server(knows(), answers("0 200 0"), answers("7 200 0 {}"), answers("x 200 0 {}"),
        answers("0 200 0 " + FINE));
    assertThat(knowing(server).ask(call("second"))).isEqualTo(FINE);
  }

  @Test
  void whatMustNotBeSaidTwiceAndWhatIsUrgentGoesAlone() {
    ScriptedServer server = server(knows(), says(200, FINE), says(200, FINE), says(200, FINE));
    HttpExchange exchange = knowing(server);
    exchange.ask(new Ask("control/bulk", "{}", Duration.ZERO, false, false, Set.of(), null));
    exchange.ask(new Ask("work/heartbeat", "{}", Duration.ZERO, true, true, Set.of(), null));
    exchange.ask(new Ask("work/report", "x".repeat(70_000), Duration.ZERO, false, true, Set.of(), null));
    assertThat(server.asked).doesNotContain(BUNDLE).hasSize(4);
  }

  @Test
  void thePollsOfASessionEndWithItAndTheOthersAskAgain() {
    SessionId over = SessionId.random();
    ScriptedServer server = server(knows(), later(answers("0 200 0 {}")), later(answers("0 200 0 {}")),
        BundlesTest::saysForEverThatItLives, answers("0 200 0 " + FINE));
    HttpExchange exchange = knowing(server);
    busy(exchange, server);
    var poll = asks(exchange, poll(over));
    var other = asks(exchange, call("a"));
    free.countDown();
    waitFor(server, 4);
    exchange.abort(SessionId.random());
    exchange.abort(over);
    assertThat(poll.join()).isEmpty();
    assertThat(other).succeedsWithin(Duration.ofMinutes(2)).isEqualTo(FINE);
    assertThat(server.bodies.getLast()).isEqualTo("work/a {\"it\":\"a\"}\n");
  }
}
