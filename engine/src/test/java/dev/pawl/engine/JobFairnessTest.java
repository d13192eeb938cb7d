package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** S4: one tenant or one type that floods the queue takes nobody else's share. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobFairnessTest extends EngineFixture {
  private final SessionId session = SessionId.random();

  JobFairnessTest(DatabaseServer server) {
    super(server);
  }

  @BeforeEach
  void tenants() {
    for (String name : List.of("loud", "quiet", "other")) {
      pawl.putNamespace(new Store.Namespace(name, "", Duration.ofDays(7)));
    }
    pawl.worker().open(new WorkerApi.OpenSession(session, "fair", 1_000, null));
  }

  private void put(String namespace, String type, int many, int priority) {
    List<JobApi.Submission> all = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      String key = "%s-%s-%d-%d".formatted(namespace, type, i, priority);
      all.add(JobApi.Submission.of(new JobSpec(namespace, type, key, JobHand.digest(key), null, priority,
          clock.instant(), null, null, LeaseTerms.STANDARD, RetryTerms.STANDARD, CheckTerms.STANDARD,
          Payload.json("{}"), null)));
    }
    pawl.jobs().submit(all);
  }

  private Map<String, Integer> take(int max, List<String> namespaces, String... types) {
    Map<String, Integer> by = new TreeMap<>();
    for (JobGrant grant : pawl.jobWork().poll(
        new JobWorkApi.Poll(session, namespaces, List.of(types), max, Duration.ZERO))) {
      by.merge(grant.job().spec().namespace(), 1, Integer::sum);
    }
    return by;
  }

  @Test
  @DisplayName("S4: a tenant that floods leaves the others their share, and takes what they do not use")
  void noTenantTakesAnothersShare() {
    put("loud", "test.job", 300, 0);
    put("quiet", "test.job", 12, 9);
    put("other", "test.job", 1, 5);
    List<String> all = List.of("loud", "quiet", "other");
    Map<String, Integer> first = take(30, all, "test.job");
    assertThat(first).containsEntry("other", 1);
    assertThat(first.get("quiet")).isGreaterThanOrEqualTo(10);
    assertThat(first.get("loud")).as("what others leave is not left lying").isEqualTo(29 - first.get("quiet"));
    take(30, all, "test.job");
    assertThat(take(30, all, "test.job")).containsExactlyInAnyOrderEntriesOf(Map.of("loud", 30));
  }

  @Test
  @DisplayName("S4: nobody waits for more polls than there are tenants")
  void everyTenantHasItsTurn() {
    put("loud", "test.job", 100, 0);
    put("quiet", "test.job", 3, 9);
    put("other", "test.job", 3, 9);
    Map<String, Integer> got = new TreeMap<>();
    for (int i = 0; i < 9; i++) {
      take(1, List.of("loud", "quiet", "other"), "test.job").forEach((who, n) -> got.merge(who, n, Integer::sum));
    }
    assertThat(got).containsExactlyInAnyOrderEntriesOf(Map.of("loud", 3, "quiet", 3, "other", 3));
  }

  @Test
  @DisplayName("S4: of types that are equal, each has its turn")
  void everyTypeHasItsTurn() {
    put("loud", "flood.job", 500, 5);
    put("loud", "rare.job", 5, 5);
    List<JobGrant> got = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      got.addAll(pawl.jobWork().poll(new JobWorkApi.Poll(
          session, List.of("loud"), List.of("flood.job", "rare.job"), 20, Duration.ZERO)));
    }
    assertThat(got).filteredOn(grant -> grant.job().spec().type().equals("rare.job")).hasSize(5);
  }

  @Test
  void refusesAPollThatMakesNoSense() {
    for (List<String> wrong : List.of(List.<String>of(), List.of("loud", "loud"))) {
      assertThatThrownBy(() -> take(1, wrong, "test.job")).isInstanceOf(RejectedException.class)
          .hasMessageContaining("expected 1 to 100 different ones");
    }
  }
}
