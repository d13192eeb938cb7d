package dev.pawl.engine;

import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.state;
import static dev.pawl.engine.JobHand.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.JobTies;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.testbed.DatabaseServer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Looking at jobs: lists, and what a submission brought along. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobListTest extends EngineFixture {
  JobListTest(DatabaseServer server) {
    super(server);
  }

  private List<JobId> walk(@Nullable String type, @Nullable JobPhase phase, int limit) {
    List<JobId> all = new ArrayList<>();
    String after = null;
    do {
      JobApi.Page<JobState> page = pawl.jobs().list(new JobApi.Listing("default", type, phase, limit, after));
      assertThat(page.items().size()).isLessThanOrEqualTo(limit);
      page.items().forEach(job -> all.add(job.id()));
      after = page.next();
    } while (after != null);
    return all;
  }

  @Test
  void pagesGoFromTheNewestToTheOldestByTypeAndPhase() {
    List<JobId> done = new ArrayList<>();
    JobHand hand = new JobHand(pawl);
    for (int i = 0; i < 5; i++) done.add(submit(pawl, spec("key-of-done-" + i)));
    for (JobGrant grant : hand.take(10, "test.job")) hand.ok(grant);
    List<JobId> open = new ArrayList<>();
    for (int i = 0; i < 4; i++) open.add(submit(pawl, spec("key-of-open-" + i)));
    JobId other = submit(pawl, spec("test.other", "key-of-other", "{}", 5, null, null));

    List<JobId> all = new ArrayList<>(done);
    all.addAll(open);
    all.add(other);
    assertThat(walk(null, null, 3)).containsExactlyInAnyOrderElementsOf(all)
        .isSortedAccordingTo((a, b) -> b.toString().compareTo(a.toString()));
    assertThat(walk("test.job", JobPhase.READY, 3)).containsExactlyInAnyOrderElementsOf(open);
    assertThat(walk(null, JobPhase.SUCCEEDED, 2)).containsExactlyInAnyOrderElementsOf(done);
    assertThat(walk("test.other", null, 10)).containsExactly(other);
    assertThat(walk(null, JobPhase.FAILED, 10)).isEmpty();
    assertThat(pawl.jobs().list(new JobApi.Listing("elsewhere", null, null, 10, null)).items()).isEmpty();
  }

  @Test
  void whatIsNotTheEnginesBusinessIsKeptAsItCame() {
    JobSpec plain = spec("key-of-extended");
    JobSpec more = new JobSpec(plain.namespace(), plain.type(), plain.key(), plain.digest(), "c-1", 5,
        plain.createdAt(), null, null, plain.lease(), plain.retry(), plain.check(), plain.payload(), "urn:shop:stock:2",
        "{\"com.shop\":{\"n\":1.10,\"text\":\"b\\u00f6x\"}}",
        JobTies.NONE);
    Payload original = Payload.of("application/xml", "<task/>".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    JobId id = pawl.jobs().submit(List.of(new JobApi.Submission(more, original, null))).getFirst().get().job();
    assertThat(state(pawl, id).spec()).isEqualTo(more);
    assertThat(pawl.jobs().original("default", id)).contains(original);
    assertThat(pawl.jobs().original("elsewhere", id)).isEmpty();
    assertThat(pawl.jobs().original("default", submit(pawl, spec("key-of-plain")))).isEmpty();
  }
}
