package dev.pawl.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.round.MixedRound;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.check.RoundVerdict.Colour;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A short round of everything on each database; {@code ./pawl chaos} plays longer ones, from other seeds. */
@Tag("long")
class ChaosTest {
  @TempDir Path folder;

  static Stream<Database> databases() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb())
        .map(Databases::another).map(DatabaseServer::fresh);
  }

  @ParameterizedTest
  @MethodSource("databases")
  @Timeout(600)
  void nothingIsLostDoubledOrOrphaned(Database database) throws Exception {
    MixedRound.Result round = MixedRound.play(database, 42, new MixedRound.Size(5, 4, 2), folder);
    System.out.println(Tally.line(round, "this test"));
    assertThat(round.colour()).withFailMessage(() -> told(round)).isEqualTo(Colour.GREEN);
    assertThat(round.requests().get("ok")).isPositive();
  }

  /** A round that fails elsewhere leaves no more than this text. */
  private String told(MixedRound.Result round) {
    var text = new StringJoiner("\n").add("%s: %s".formatted(round.colour(), round.fired()));
    round.reasons().forEach(text::add);
    Path runs = folder.resolve("runs");
    if (!Files.isDirectory(runs)) return text.toString();
    try (Stream<Path> stories = Files.list(runs)) {
      for (Path story : stories.toList()) text.add(Files.readString(story));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
