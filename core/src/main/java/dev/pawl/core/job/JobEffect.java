package dev.pawl.core.job;

import dev.pawl.core.value.Payload;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row beside the job that must be true after the commit. */
public sealed interface JobEffect {

  /** The audit's and the ledger's line. */
  record Noted(Transition line) implements JobEffect {}

  /**
   * The key is taken for as long as the job is kept and at least 7 days more.
   *
   * @param original the bytes of a legacy submission, kept for disputes
   */
  record KeyTaken(JobSpec spec, JobId job, @Nullable Payload original) implements JobEffect {}

  /** Another job, submitted in the same commit. It goes through {@link SubmitJob} like any other. */
  record Spawned(JobSpec spec, JobId by, long epoch) implements JobEffect {}

  /** A letter for the dead-letter queue: everything there is to know is in the job as it is after the change. */
  record Buried(JobState job, DeadLetterCause cause) implements JobEffect {}

  /** Its letter is done with: the job is driven again. */
  record Raised(JobId job) implements JobEffect {}

  /**
   * The job stands for its {@linkplain JobTies#singleton() singleton} from now on.
   *
   * @param from which job stood for it; null: none ever did. Guards the commit
   * @param since when the row of jobs began that gave way to one another
   */
  record SingletonTaken(JobSpec spec, JobId job, @Nullable JobId from, Instant since) implements JobEffect {}

  /** A waiting job gives way to this one. It goes through {@link CancelJob} like any other. */
  record Superseded(JobState job) implements JobEffect {}

  /** The job joins a batch, which is open. */
  record Joined(JobSpec spec, JobId job) implements JobEffect {}

  /** All jobs of the batch are over, and this is its callback. */
  record BatchDone(JobBatch batch, JobId callback) implements JobEffect {}
}
