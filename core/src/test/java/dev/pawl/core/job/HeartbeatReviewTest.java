package dev.pawl.core.job;

import static dev.pawl.core.job.JobSamples.CALLER;
import static dev.pawl.core.job.JobSamples.DISPATCHER;
import static dev.pawl.core.job.JobSamples.HOLDER;
import static dev.pawl.core.job.JobSamples.ID;
import static dev.pawl.core.job.JobSamples.NOON;
import static dev.pawl.core.job.JobSamples.STRANGER;
import static dev.pawl.core.job.JobSamples.after;
import static dev.pawl.core.job.JobSamples.inColumn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.HeartbeatReview.Listed;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.core.task.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeartbeatReviewTest {
  private static final Duration BEAT = Duration.ofSeconds(5);

  @Test
  void whatIsListedAndHeldIsRenewedAndOnlyProgressIsWritten() {
    JobState held = inColumn(2);
    var quiet = review(HOLDER, List.of(held), List.of(new Listed(ID, 1, null)), NOON.plusSeconds(60));
    assertThat(quiet.renewed()).containsExactly(new Listed(ID, 1, null));
    assertThat(quiet.progress()).isEmpty();
    assertThat(quiet.revoke()).isEmpty();
    var twice = review(HOLDER, List.of(held), List.of(new Listed(ID, 1, null), new Listed(ID, 1, null)), NOON);
    assertThat(twice.renewed()).hasSize(1);
    assertThat(twice.lost()).isEmpty();
    var forward = review(HOLDER, List.of(held), List.of(new Listed(ID, 1, 3L)), NOON.plusSeconds(60));
    assertThat(forward.progress()).containsExactly(new RenewLease(ID, 1, HOLDER, 3L));
  }

  @Test
  void l3_whatIsHeldButNotListedIsRevokedAfterTwoHeartbeats() {
    JobState held = inColumn(2); // granted at noon
    assertThat(review(HOLDER, List.of(held), List.of(), NOON.plusSeconds(9)).revoke()).isEmpty();
    assertThat(review(HOLDER, List.of(held), List.of(), NOON.plusSeconds(10)).revoke())
        .containsExactly(new RevokeLease(ID, 1, JobEvent.LEASE_UNLISTED, DISPATCHER));
    // An old epoch of the same job in the list does not keep the new lease.
    var old = review(HOLDER, List.of(held), List.of(new Listed(ID, 0, null)), NOON.plusSeconds(10));
    assertThat(old.lost()).containsExactly(new Listed(ID, 0, null));
    assertThat(old.revoke()).hasSize(1);
  }

  @Test
  void whatIsListedButNotHeldIsLost() {
    Listed listed = new Listed(ID, 1, null);
    assertThat(review(HOLDER, List.of(), List.of(listed), NOON).lost()).containsExactly(listed);
    var strangers = review(STRANGER, List.of(inColumn(2)), List.of(listed), NOON.plusSeconds(60));
    assertThat(strangers.lost()).containsExactly(listed);
    assertThat(strangers.revoke()).isEmpty();
  }

  @Test
  void theHolderIsToldOfACancel() {
    JobState cancelling = after(new CancelJob(ID, CALLER), inColumn(2), NOON);
    Listed listed = new Listed(ID, 1, null);
    assertThat(review(HOLDER, List.of(cancelling), List.of(listed), NOON).cancel()).containsExactly(listed);
  }

  @Test
  void noTermsBreakTheBoundUnderAnyTimingsThatStart() {
    LeaseTimings slowest = new LeaseTimings(Duration.ofSeconds(15), Duration.ofSeconds(900), Duration.ofSeconds(300),
        Duration.ofSeconds(5), Duration.ofSeconds(900));
    LeaseTerms longest = new LeaseTerms(Duration.ofSeconds(900), Duration.ofSeconds(1_800), Duration.ofHours(24));
    JobBound worst = JobBound.of(slowest, longest);
    assertThat(worst.crash()).isEqualTo(Duration.ofSeconds(1_205));
    assertThat(worst.hang()).isLessThanOrEqualTo(Duration.ofMinutes(36));
    assertThat(worst.worst()).isLessThanOrEqualTo(LeaseTimings.LONGEST_BOUND);
  }

  private static HeartbeatReview review(SessionId session, List<JobState> held, List<Listed> listed, Instant now) {
    return HeartbeatReview.of(session, held, listed, BEAT, DISPATCHER, now);
  }
}
