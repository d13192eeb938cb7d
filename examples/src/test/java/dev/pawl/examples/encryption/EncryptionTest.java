package dev.pawl.examples.encryption;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.payload.KeyRing;
import dev.pawl.sdk.payload.PayloadConverter;
import dev.pawl.sdk.worker.Worker;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncryptionTest {
  @TempDir
  Path folder;

  @Test
  void theDatabaseSeesNothing() {
    KeyRing march = KeyRing.of("2026-03", Map.of("2026-03", key(1)));
    KeyRing april = KeyRing.of("2026-04", Map.of("2026-03", key(1), "2026-04", key(2)));
    try (PawlEngine engine = PawlEngine.open("jdbc:sqlite:" + folder.resolve("pawl.db"))) {
      assertThat(greet(engine, "hello-1", march)).isEqualTo("Hello, Ann!");
      assertThat(input(engine, "hello-1").codec()).isEqualTo("json+aes256gcm:2026-03");
      assertThat(input(engine, "hello-1").text()).doesNotContain("Ann");

      assertThat(greet(engine, "hello-2", april)).isEqualTo("Hello, Ann!");
      assertThat(input(engine, "hello-2").codec()).isEqualTo("json+aes256gcm:2026-04");
      PayloadConverter rotated = SealedPayloads.with(april, folder);
      assertThat(PawlClient.on(engine.control(), rotated).handle("hello-1").result(String.class)).startsWith("Hello");
    }
  }

  @Test
  void aWorkerWithoutTheKeyFailsNothing() {
    PayloadConverter sealed = SealedPayloads.with(KeyRing.of("2026-03", Map.of("2026-03", key(1))), folder);
    try (PawlEngine engine = PawlEngine.open("jdbc:sqlite:" + folder.resolve("pawl.db"))) {
      var hello = PawlClient.on(engine.control(), sealed).start("hello", "hello-3", "Ann");
      try (Worker keyless = Worker.on(engine.worker()).workflow("hello", String.class, name -> name).start()) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!hello.explain().summary().contains("PayloadUnreadable")) {
          assertThat(System.nanoTime()).as(hello.explain().summary()).isLessThan(deadline);
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
      }
      assertThat(hello.status().closed()).isFalse();
      try (Worker worker = Worker.on(engine.worker(), sealed).workflow("hello", String.class, name -> name).start()) {
        assertThat(hello.result(String.class)).isEqualTo("Ann");
      }
    }
  }

  private String greet(PawlEngine engine, String id, KeyRing keys) {
    Path blobs = folder;
    // tag::use[]
    PayloadConverter sealed = SealedPayloads.with(keys, blobs);
    PawlClient client = PawlClient.on(engine.control(), sealed);
    try (Worker worker = Worker.on(engine.worker(), sealed)
        .workflow("hello", String.class, name -> "Hello, " + name + "!").start()) {
      return client.start("hello", id, "Ann").result(String.class);
    }
    // end::use[]
  }

  private static Payload input(PawlEngine engine, String id) {
    var started = engine.control().history(dev.pawl.protocol.control.RunRef.current("default", id), 0, 10,
        java.time.Duration.ZERO).get(1);
    return ((RunEvent.WorkflowStarted) started.fact()).input();
  }

  private static byte[] key(int seed) {
    byte[] key = new byte[32];
    new Random(seed).nextBytes(key);
    return key;
  }
}
