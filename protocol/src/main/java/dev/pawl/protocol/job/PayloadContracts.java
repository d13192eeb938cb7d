package dev.pawl.protocol.job;

import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.UwerCode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is agreed about the payloads of job types. Looked at where jobs come in, and again before they are worked on. */
@FunctionalInterface
public interface PayloadContracts {
  PayloadContracts NONE = job -> Optional.empty();

  /** Why this payload breaks its contract, so that no attempt can ever use it; empty: it keeps it, or there is none. */
  Optional<JobError> objection(JobSpec job);

  /** What a submission comes to. */
  default Verdict check(JobSpec job) {
    return objection(job).<Verdict>map(why -> {
      String detail = why.detail();
      return new Verdict.Broken(UwerCode.SCHEMA_VIOLATION, detail == null ? why.title() : detail, why.pointer());
    }).orElse(new Verdict.Kept(null));
  }

  /** Of a payload, where it comes in. */
  sealed interface Verdict {
    /** @param contract that it keeps; null: its type has none */
    record Kept(@Nullable String contract) implements Verdict {}

    /** @param pointer to the place in the document; null: it is about none */
    record Broken(UwerCode code, String why, @Nullable String pointer) implements Verdict {}
  }
}
