package dev.pawl.core.job;

import dev.pawl.core.value.Payload;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The outside says how an external effect came out. Its token, checked at the edge, names the epoch that brought the
 * effect about: a word about an effect of an earlier attempt changes nothing.
 *
 * @param epoch from the token
 * @param digest of the callback's content; repeating an accepted success is harmless
 * @param result when it came about
 * @param error when it was refused; null: it came about
 */
public record ReceiveCallback(
    JobId job, long epoch, String digest, @Nullable Payload result, @Nullable JobError error, Actor actor)
    implements JobRequest<JobPhase> {

  @Override
  public JobEvent event() {
    return error == null ? JobEvent.CALLBACK_OK : JobEvent.CALLBACK_REJECTED;
  }

  @Override
  public JobDecision<JobPhase> decide(JobSituation situation) {
    JobState there = situation.job();
    Instant now = situation.now();
    if (there == null) return absent();
    JobEnding ending = there.ending();
    if (error == null && ending != null && digest.equals(ending.digest())) {
      return new JobDecision.Unchanged<>(there.phase());
    }
    if (there.phase() != JobPhase.AWAITING) return illegal(there, now);
    if (epoch != there.externalEpoch()) return stale(there, epoch, now);

    JobDraft draft = new JobDraft(there, this, now);
    if (there.leased()) draft.endLease(LeaseEnd.Kind.REVOKE, null);
    draft.heardOf();
    if (error == null) {
      draft.route(new JobDraft.Route.Succeed(digest, result));
    } else {
      CommitJob.tryAgain(draft.failedWith(error), there, null, DeadLetterCause.VERIFY_REJECTED, now);
    }
    return draft.note(draft.phase());
  }
}
