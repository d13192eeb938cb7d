package dev.pawl.sdk.remote;

import static dev.pawl.sdk.remote.ScriptedServer.hangsUp;
import static dev.pawl.sdk.remote.ScriptedServer.refuses;
import static dev.pawl.sdk.remote.ScriptedServer.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.json.Exchange.Ask;
import dev.pawl.protocol.json.LostAnswerException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a call does when servers refuse, fall silent, hang up or are not there. */
@Timeout(180)
class HttpExchangeTest {
  private static final String FINE = "{\"yes\":true}";
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) one.close();
  }

  private ScriptedServer server(ScriptedServer.Act... acts) {
    ScriptedServer server = new ScriptedServer(acts);
    open.add(server);
    return server;
  }

  private HttpExchange exchange(URI... addresses) {
    RemoteSettings settings = new RemoteSettings();
    settings.patience = PATIENCE;
    HttpExchange exchange = new HttpExchange(List.of(addresses), settings);
    open.addFirst(exchange);
    return exchange;
  }

  private static Ask ask(boolean again, Rejection.Code... done) {
    return new Ask("control/signal", "{}", Duration.ZERO, false, again, Set.of(done), null);
  }

  private static void refused(Rejection.Code code, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOfSatisfying(RejectedException.class,
        e -> assertThat(e.code()).isEqualTo(code));
  }

  /** Nobody listens there. */
  private static URI nobody() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return URI.create("http://127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void theNextServerIsAskedAndStaysTheFirstOne() throws Exception {
    ScriptedServer good = server(says(200, FINE), says(200, FINE));
    HttpExchange exchange = exchange(nobody(), good.address());
    assertThat(exchange.ask(ask(true))).isEqualTo(FINE);
    assertThat(exchange.ask(ask(true))).isEqualTo(FINE);
    assertThat(good.asked).containsExactly("/below/api/sdk/control/signal", "/below/api/sdk/control/signal");
  }

  @Test
  void whereNobodyIsNothingWasSent() throws Exception {
    HttpExchange exchange = exchange(nobody(), nobody());
    refused(Rejection.Code.STORE_UNAVAILABLE, () -> exchange.ask(ask(false)));
  }

  @Test
  void whatPassesIsWaitedFor() {
    ScriptedServer one = server(refuses(503, "store_unavailable"), refuses(503, "shutting_down"), says(200, FINE));
    assertThat(exchange(one.address()).ask(ask(false))).as("a refusal changed nothing").isEqualTo(FINE);
  }

  @Test
  void whoeverIsBusySaysWhenToComeAgain() {
    ScriptedServer busy = server(says(429, "{\"message\":\"no\",\"reason\":\"overloaded\"}", "Retry-After", "1"),
        says(200, FINE));
    long before = System.nanoTime();
    assertThat(exchange(busy.address()).ask(ask(false))).isEqualTo(FINE);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(500));
  }

  @Test
  void aRefusalIsTheAnswer() {
    ScriptedServer server = server(refuses(409, "run_closed"), refuses(404, "not_found"), refuses(401, "unauthorized"),
        says(200, "\n\n{\"message\":\"late\",\"reason\":\"wait_timed_out\"}"), says(200, "\n\n" + FINE));
    HttpExchange exchange = exchange(server.address());
    refused(Rejection.Code.RUN_CLOSED, () -> exchange.ask(ask(true)));
    refused(Rejection.Code.BAD_CONFIGURATION, () -> exchange.ask(ask(true)));
    refused(Rejection.Code.FORBIDDEN, () -> exchange.ask(ask(true)));
    refused(Rejection.Code.WAIT_TIMED_OUT, () -> exchange.ask(ask(true)));
    assertThat(exchange.ask(ask(true))).isEqualTo(FINE);
    assertThat(server.asked).hasSize(5);
  }

  @Test
  void aLostAnswerIsAskedForAgainUnlessThatWouldDoItTwice() {
    ScriptedServer server = server(hangsUp(), says(502, "<html>"), says(200, FINE), hangsUp());
    HttpExchange exchange = exchange(server.address());
    assertThat(exchange.ask(ask(true))).isEqualTo(FINE);
    assertThatThrownBy(() -> exchange.ask(ask(false))).isInstanceOf(LostAnswerException.class);
    assertThat(server.asked).hasSize(4);
  }

  @Test
  void aRepeatedCallIsRefusedBecauseItGotThrough() {
    ScriptedServer server = server(hangsUp(), refuses(404, "run_not_found"), refuses(404, "run_not_found"));
    HttpExchange exchange = exchange(server.address());
    assertThat(exchange.ask(ask(true, Rejection.Code.RUN_NOT_FOUND))).isEmpty();
    refused(Rejection.Code.RUN_NOT_FOUND, () -> exchange.ask(ask(true, Rejection.Code.RUN_NOT_FOUND)));
  }

  @Test
  void patienceEnds() {
    ScriptedServer server = server(hangsUp(), hangsUp(), hangsUp(), hangsUp(), hangsUp(), hangsUp(), hangsUp(),
        hangsUp(), hangsUp(), hangsUp(), hangsUp(), hangsUp());
    HttpExchange exchange = exchange(server.address());
    assertThatThrownBy(() -> exchange.ask(ask(true))).isInstanceOf(LostAnswerException.class)
        .hasMessageContaining("may have got through");
  }

  @Test
  void whoeverFallsSilentIsLeft() {
    CountDownLatch end = new CountDownLatch(1);
    ScriptedServer silent = server(it -> {
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    ScriptedServer good = server(says(200, FINE));
    Ask beat = new Ask("work/heartbeat", "{}", Duration.ZERO, true, true, Set.of(), null);
    assertThat(exchange(silent.address(), good.address()).ask(beat)).isEqualTo(FINE);
    end.countDown();
  }

  @Test
  void thePollsOfASessionEndWithIt() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    ScriptedServer server = server(it -> {
      asked.countDown();
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    HttpExchange exchange = exchange(server.address());
    SessionId session = SessionId.random();
    List<String> answers = new ArrayList<>();
    Thread poll = Thread.ofVirtual().start(() -> answers.add(exchange.ask(
        new Ask("work/workflows/poll", "{}", Duration.ofSeconds(20), false, true, Set.of(), session))));
    assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
    exchange.abort(SessionId.random());
    exchange.abort(session);
    assertThat(poll.join(Duration.ofSeconds(60))).isTrue();
    assertThat(answers).containsExactly("");
    end.countDown();
  }

  @Test
  void addressesAndSettingsThatMakeNoSense() {
    for (String bad : List.of("ftp://host", "host:80", "http://ann:secret@host", "http://host?x=1")) {
      assertThatThrownBy(() -> RemotePawl.connect(bad, "token")).isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining("secret");
    }
    assertThatThrownBy(() -> RemotePawl.connect(List.of(), set -> {})).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RemotePawl.connect("http://host", "two words")).hasMessageContaining("token");
    assertThatThrownBy(() -> RemotePawl.connect(List.of(URI.create("http://h")), set -> set.patience = Duration.ZERO))
        .hasMessageContaining("patience");
  }
}
