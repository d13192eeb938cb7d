package dev.pawl.core.job;

import static dev.pawl.core.job.JobSamples.ID;
import static dev.pawl.core.job.JobSamples.NOON;
import static dev.pawl.core.job.JobSamples.papers;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** U4: the chain shows every change of a line. */
class AuditChainTest {

  @Test
  void theBytesAreForEver() {
    // Computed by another program from the rule in AuditChain.
    byte[] one = AuditChain.seal(AuditChain.start(), 1, Arrays.asList("a", null, ""));
    assertThat(HexFormat.of().formatHex(one)).isEqualTo("5f154f418b52b226e55adbf003c682de45aad558d2b809f028d0f2cf277d5404");
    assertThat(HexFormat.of().formatHex(AuditChain.seal(one, 2, List.of("\u00e4")))).isEqualTo("11089e720ca13c33e0a392a74844532da6070fc039650327b5e9a9cb63e5b6ef");
  }

  @Test
  void everyFieldIsSealed() {
    var change = (JobDecision.Change<?>) new OperateJob(ID, new OperatorAct.Hold(Duration.ofHours(1)), papers(), 0, false)
        .decide(JobSituation.of(JobSamples.inColumn(1), NOON));
    List<String> fields = AuditChain.fields(((JobEffect.Noted) change.effects().getFirst()).line());
    assertThat(fields).contains("operator:ada", "OPS-123", "HOLD", "READY", "HELD", "grace", "req-1");
    byte[] seal = AuditChain.seal(AuditChain.start(), 1, fields);
    for (int i = 0; i < fields.size(); i++) {
      List<String> tampered = new ArrayList<>(fields);
      tampered.set(i, tampered.get(i) == null ? "" : tampered.get(i) + "x");
      assertThat(AuditChain.seal(AuditChain.start(), 1, tampered)).isNotEqualTo(seal);
    }
    assertThat(AuditChain.seal(AuditChain.start(), 2, fields)).isNotEqualTo(seal);
    assertThat(AuditChain.seal(seal, 1, fields)).isNotEqualTo(seal);
  }
}
