package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.value.RejectedException;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --check} says, and what it refuses. */
class CheckupTest {
  private static List<String> checked(InstantSource clock, String... options) {
    List<String> said = new ArrayList<>();
    Checkup.of(ServerConfig.of(List.of(options), Map.of()), clock, said::add);
    return said;
  }

  @Test
  void itLooksAtTheDatabaseAndChangesNothing(@TempDir Path folder) throws Exception {
    String url = "jdbc:sqlite:" + folder.resolve("pawl.db");
    InstantSource clock = InstantSource.system();
    assertThat(checked(clock, "--database", url, "--auth-token", "sesame"))
        .anyMatch(line -> line.startsWith("database") && line.contains(url))
        .anyMatch(line -> line.startsWith("auth-token") && line.contains("not shown"))
        .anyMatch(line -> line.contains("brings it up to date when it starts")).noneMatch(line -> line.contains("sesame"));
    try (var connection = DriverManager.getConnection(url); var tables = connection.getMetaData()
        .getTables(null, null, "pawl_runs", null)) {
      assertThat(tables.next()).as("a check migrates nothing").isFalse();
    }
    assertThatThrownBy(() -> checked(clock, "--database", url, "--migrate", "false"))
        .isInstanceOf(RejectedException.class).hasMessageContaining("behind this build");
    new Wire(url, "--auth-token", "sesame").close();
    assertThat(checked(clock, "--database", url)).anyMatch(line -> line.startsWith("migrations") && line.endsWith("up to date"))
        .anyMatch(line -> line.startsWith("durability")).anyMatch(line -> line.startsWith("clock"))
        .anyMatch(line -> line.startsWith("recovery"));
  }

  @Test
  void migrateDoesWhatServersMayNot(@TempDir Path folder) {
    String[] options = {"--database", "jdbc:sqlite:" + folder.resolve("pawl.db"), "--migrate", "false"};
    PawlServer.migrate(ServerConfig.of(List.of(options), Map.of()));
    assertThat(checked(InstantSource.system(), options))
        .anyMatch(line -> line.startsWith("migrations") && line.endsWith("up to date"));
  }

  @Test
  void aClockThatIsFarAwayIsSaid(@TempDir Path folder) {
    String url = "jdbc:sqlite:" + folder.resolve("pawl.db");
    new Wire(url, "--auth-token", "sesame").close();
    InstantSource early = () -> Instant.now().minus(Duration.ofHours(1));
    assertThat(checked(early, "--database", url)).anyMatch(line -> line.startsWith("clock") && line.contains("before")
        && line.endsWith("set one of them right"));
  }

  @Test
  @Tag("long")
  void settingsThatForgetAreRefused() {
    Database database = Databases.postgres().fresh();
    String url = database.jdbcUrl() + (database.jdbcUrl().contains("?") ? "&" : "?") + "options=-c%20synchronous_commit=off";
    assertThatThrownBy(() -> checked(InstantSource.system(), "--database", url, "--database-user", database.user(),
        "--database-password", database.password()))
        .isInstanceOf(RejectedException.class).hasMessageContaining("synchronous_commit is off");
  }
}
