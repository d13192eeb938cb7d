package dev.pawl.examples.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.value.RejectedException;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.worker.Worker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeteredEngineTest {
  /** Says what it was given. */
  static final class Echo implements Workflow<String, String> {
    @Override
    public String run(String input) {
      return input;
    }
  }

  @Test
  void whatTheEngineDoesIsInTheRegistry(@TempDir Path folder) {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    String url = "jdbc:sqlite:" + folder.resolve("pawl.db");
    try (PawlEngine engine = PawlEngine.open(url, config -> config.metrics = new MeteredEngine(registry));
        Worker worker = Worker.on(engine.worker()).workflow("echo", Echo::new).start()) {
      PawlClient client = PawlClient.on(engine.control());
      assertThat(client.start("echo", "e-1", "hello").result(String.class)).isEqualTo("hello");
      assertThatThrownBy(() -> client.handle("nobody").signal("x", "y")).isInstanceOf(RejectedException.class);
    }
    assertThat(registry.get("pawl.group").timer().count()).isGreaterThanOrEqualTo(2);
    assertThat(registry.get("pawl.writes").counter().count()).isGreaterThanOrEqualTo(2);
    assertThat(registry.get("pawl.rejected").tag("code", "RUN_NOT_FOUND").counter().count()).isEqualTo(1);
  }
}
