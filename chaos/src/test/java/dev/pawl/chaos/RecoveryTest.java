package dev.pawl.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.recovery.JobRecovery;
import dev.pawl.chaos.recovery.Recovery;
import dev.pawl.testbed.Databases;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A few kills; {@code ./pawl chaos recovery} does a hundred. */
@Tag("long")
class RecoveryTest {
  @Test
  @Timeout(120)
  void workGoesOnWithinTheBound(@TempDir Path folder) throws Exception {
    Recovery.Result result = Recovery.measure(Databases.postgres().fresh(), "quick", 4, 2, folder);
    System.out.println(result);
    assertThat(result.times()).hasSize(4);
    assertThat(result.times().getFirst()).isPositive();
  }

  @Test
  @Timeout(120)
  void jobsGoOnWithinTheBound(@TempDir Path folder) throws Exception {
    Recovery.Result result = JobRecovery.measure(Databases.postgres().fresh(), "quick", 3, 3, folder);
    System.out.println(result);
    assertThat(result.times()).hasSize(3);
    assertThat(result.times().getFirst()).isPositive();
  }
}
