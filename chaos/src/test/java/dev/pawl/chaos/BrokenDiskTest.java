package dev.pawl.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pawl.chaos.crash.CrashSuite;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.check.Operation;
import dev.pawl.testbed.check.Operation.Kind;
import dev.pawl.testbed.check.Operation.Phase;
import dev.pawl.testbed.check.Operations;
import dev.pawl.testbed.check.RoundVerdict.Colour;
import dev.pawl.testbed.fault.BrokenDisk;
import dev.pawl.testbed.process.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** While a commit cannot be brought to the disk, nobody is told that it happened; then everything goes on. */
class BrokenDiskTest {
  private static final Duration SOON = Duration.ofSeconds(90);

  @Test
  @Timeout(180)
  void nothingIsAcknowledgedThatTheDiskDidNotTake(@TempDir Path folder) throws Exception {
    assumeTrue(BrokenDisk.possible(), "there is no strace");
    Database database = Databases.sqlite().fresh();
    Path file = Path.of(database.jdbcUrl().substring("jdbc:sqlite:".length()).replaceAll("\\?.*", ""));
    Path log = folder.resolve("tribe-operations");
    try (var suite = new CrashSuite(database, 14, folder); JavaProcess process = suite.survivor("tribe-", 14, log)) {
      suite.awaitEffects(2);
      try (var disk = BrokenDisk.under(process.pid(), List.of(file, Path.of(file + "-wal")))) {
        // What was on its way when the disk broke may still be answered.
        disk.awaitFired(3);
        long before = acknowledged(log);
        disk.awaitFired(disk.awaitFired(3) + 5);
        assertThat(acknowledged(log)).isEqualTo(before);
      }
      process.awaitLine("survived its clients", SOON);
      process.kill9();
      CrashSuite.Ending ending = suite.finish(Operations.read(log));
      assertThat(ending.wrong()).isEmpty();
      assertThat(ending.verdict().colour()).as(ending.verdict().summary()).isEqualTo(Colour.GREEN);
    }
  }

  /** Of what writes; who only looks may be answered. */
  private static long acknowledged(Path log) {
    return Operations.read(log).stream().filter(line -> line.phase() == Phase.OK && line.kind() != Kind.RESULT)
        .map(Operation::number).distinct().count();
  }
}
