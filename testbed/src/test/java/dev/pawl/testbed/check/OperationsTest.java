package dev.pawl.testbed.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.testbed.check.Operation.Kind;
import dev.pawl.testbed.check.Operation.Phase;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperationsTest {

  @Test
  void writesWhatClientsAskedAndHeard(@TempDir Path folder) {
    Path file = folder.resolve("log");
    try (var log = Operations.open(file)) {
      var start = log.invoke("c1", Kind.START, "default", "order\t1", "r-1");
      var other = log.invoke("c2", Kind.START, "default", "order\t1", "r-1");
      start.info("timed out");
      assertThat(outcome(log)).isEqualTo(Phase.INFO);
      var again = log.invoke("c1", Kind.START, "default", "order\t1", "r-1");
      again.fail("it is not allowed");
      assertThat(outcome(log)).isEqualTo(Phase.INFO); // c2 waits still
      other.fail("nor for c2");
      assertThat(outcome(log)).isEqualTo(Phase.FAIL);
      log.invoke("c1", Kind.START, "default", "order\t1", "r-1").ok("run-1", "");
      assertThat(outcome(log)).isEqualTo(Phase.OK);
      log.invoke("c1", Kind.OTHER, "default", "order\t1", "");
      assertThat(Operations.read(file)).isEqualTo(log.all()).hasSize(9);
    }
  }

  private static Phase outcome(Operations log) {
    return Asked.of(log.all()).requests().getFirst().outcome();
  }
}
