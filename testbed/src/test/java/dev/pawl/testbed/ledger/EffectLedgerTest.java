package dev.pawl.testbed.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.testbed.ledger.LedgerClient.LedgerSilent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EffectLedgerTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void judgesByItsRule() throws IOException {
    try (var ledger = EffectLedger.open(file())) {
      var client = new LedgerClient(ledger.port());
      client.rule(Rule.RECORD);
      assertThat(client.call(call("a", 1, 5))).isEqualTo(Verdict.APPLIED);
      assertThat(client.call(call("a", 2, 4))).isEqualTo(Verdict.APPLIED);
      client.rule(Rule.IDEMPOTENT);
      assertThat(client.call(call("a", 3, 6))).isEqualTo(Verdict.DUPLICATE);
      assertThat(client.call(call("b", 1, 1))).isEqualTo(Verdict.APPLIED);
      client.rule(Rule.FENCED);
      assertThat(client.call(call("a", 3, 5))).isEqualTo(Verdict.FENCED);
      assertThat(client.call(call("a", 4, 6))).isEqualTo(Verdict.APPLIED);
    }
    LedgerFile written = LedgerFile.read(file());
    assertThat(written.appliedByKey()).isEqualTo(Map.of("a", 3L, "b", 1L));
    assertThat(written.ofRun("run-1")).hasSize(6);
    assertThat(written.balance()).isEqualTo(4);
  }

  @Test
  void makesTroubleAsOftenAsAsked() throws Exception {
    try (var ledger = EffectLedger.open(file())) {
      var client = new LedgerClient(ledger.port());
      client.trouble(new Trouble.DropReply(1));
      assertThatThrownBy(() -> client.call(call("a", 1, 1))).isInstanceOf(LedgerSilent.class);
      assertThat(client.call(call("a", 2, 2))).isEqualTo(Verdict.DUPLICATE);

      client.trouble(new Trouble.Fail(2));
      assertThat(client.call(call("b", 1, 1))).isEqualTo(Verdict.FAILED);
      assertThat(client.call(call("b", 2, 1))).isEqualTo(Verdict.FAILED);
      assertThat(client.call(call("b", 3, 1))).isEqualTo(Verdict.APPLIED);

      client.trouble(new Trouble.Slow(1, Duration.ofMillis(30)));
      long start = System.nanoTime();
      client.call(call("c", 1, 1));
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000L);

      client.trouble(new Trouble.Hold(1));
      var answer = CompletableFuture.supplyAsync(() -> {
        try {
          return client.call(call("d", 1, 1));
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      });
      assertThat(client.awaitHeld(1, SOON)).isTrue();
      assertThat(LedgerFile.read(file()).applied("d")).isEqualTo(1);
      assertThat(answer).isNotDone();
      client.release();
      assertThat(answer.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(Verdict.APPLIED);
      client.note("grant", "order-1", "run-1", 0, 0, 1, "worker-1");
      assertThat(LedgerFile.read(file()).notes()).hasSize(1);
      assertThat(LedgerFile.read(file()).calls()).hasSize(7);
      assertThat(client.awaitCalls(2, "b", SOON)).isTrue();
      assertThat(client.awaitCalls(1, "never", Duration.ofMillis(1))).isFalse();
    }
  }

  @Test
  void remembersOverAKillAndAHalfWrittenLine() throws IOException {
    var odd = new EffectCall("tab\there\\", "line\nbreak", "run-1", 1, 1, 1, "worker \u00e9", 7);
    try (var ledger = EffectLedger.spawn(file())) {
      assertThat(ledger.client().call(odd)).isEqualTo(Verdict.APPLIED);
      ledger.process().kill9();
    }
    Files.writeString(file(), "2\t2027-01-01T00:00:0", StandardOpenOption.APPEND);
    try (var ledger = EffectLedger.spawn(file())) {
      assertThat(ledger.client().call(odd)).isEqualTo(Verdict.DUPLICATE);
      assertThat(ledger.client().call(call("b", 1, 1))).isEqualTo(Verdict.APPLIED);
    }
    assertThat(LedgerFile.read(file()).entries()).extracting(LedgerEntry::number).containsExactly(1L, 2L, 3L);
    assertThat(LedgerFile.read(file()).entries().get(0).call()).isEqualTo(odd);
  }

  private Path file() {
    return folder.resolve("ledger");
  }

  private static EffectCall call(String key, int attempt, long epoch) {
    return new EffectCall(key, "order-1", "run-1", 1, attempt, epoch, "worker-1", 1);
  }
}
