package dev.pawl.sdk.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.server.PawlServer;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.testbed.Databases;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that wants everything signed: with the key of the right role all goes as usual, without it nothing. */
@Timeout(180)
class SignatureTest {
  private final PawlEngine engine = PawlEngine.open(Databases.sqlite().fresh().dataSource());
  private final PawlServer server = PawlServer.of(engine, ServerConfig.of(List.of("--port", "0", "--host", "127.0.0.1",
      "--auth", "signature", "--worker-signature-key", "wörk", "--operator-signature-key", "operate"), Map.of()),
      said -> {});

  @AfterEach
  void close() {
    server.close();
    engine.close();
  }

  private RemotePawl signing(String key) {
    return RemotePawl.connect(List.of(URI.create("http://127.0.0.1:" + server.port())), set -> set.signatureKey = key);
  }

  /** So many at once that calls go in bundles, whose lines are signed together; beyond ASCII, as bytes are what counts. */
  @Test
  void aClientAndAWorkerSignWithTheKeysOfTheirRoles() {
    try (RemotePawl work = signing("wörk");
        RemotePawl operate = signing("operate");
        Worker worker = Worker.on(work.worker()).queue("signed")
            .workflow("greet", String.class, who -> Pawl.step("say", () -> "ÿes " + who)).start()) {
      PawlClient client = PawlClient.on(operate.control()).queue("signed");
      List<PawlClient> all = IntStream.range(0, 40).mapToObj(i -> client).toList();
      assertThat(all.parallelStream().map(one -> one.start("greet", UUID.randomUUID().toString(), "ö")
          .result(String.class, Duration.ofMinutes(1)))).hasSize(40).containsOnly("ÿes ö");
    }
  }

  @Test
  void theKeyOfAnotherRoleAnUnknownOneAndNoneAreRefused() {
    for (String key : List.of("wörk", "unknown", "")) {
      try (RemotePawl far = signing(key)) {
        assertThatThrownBy(() -> PawlClient.on(far.control()).count("")).as("'%s'", key)
            .isInstanceOfSatisfying(RejectedException.class,
                e -> assertThat(e.code()).isEqualTo(Rejection.Code.FORBIDDEN));
      }
    }
  }

  /** RFC 4231, test case 2. */
  @Test
  void theSignatureIsTheHmacOfTheBytes() {
    assertThat(new Signature("Jefe").of("what do ya want for nothing?".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }

  @Test
  void aTokenAndAKeyContradictEachOther() {
    assertThatThrownBy(() -> RemotePawl.connect(List.of(URI.create("http://host")), set -> {
      set.token = "sesame";
      set.signatureKey = "sesame";
    })).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("token and signatureKey");
  }
}
