package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.value.RejectedException;
import dev.pawl.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One {@code pawl server} at a time has an SQLite file. */
class SoleServerTest {
  private final List<String> said = new ArrayList<>();

  private SoleServer server(String database) {
    return SoleServer.of(ServerConfig.of(List.of("--database", database), Map.of()), said::add);
  }

  @Test
  void theSecondIsRefusedUntilTheFirstIsGone(@TempDir Path folder) {
    String file = "jdbc:sqlite:" + folder.resolve("new").resolve("pawl.db");
    try (SoleServer first = server(file)) {
      assertThat(said).singleElement().asString().contains("alone", "pawl.db.server");
      assertThatThrownBy(() -> server(file + "?cache=private")).isInstanceOf(RejectedException.class)
          .hasMessageContaining("another pawl server").hasMessageContaining("pawl.db.server");
      server("jdbc:sqlite:" + folder.resolve("other.db")).close();
    }
    server(file).close();
  }

  @Test
  void databasesOfClustersTakeAsManyAsCome() {
    server("jdbc:postgresql://db/pawl").close();
    assertThat(said).isEmpty();
  }
}
