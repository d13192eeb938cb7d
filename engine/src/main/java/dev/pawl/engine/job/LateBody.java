package dev.pawl.engine.job;

import dev.pawl.core.job.CommitJob;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobRequest;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.json.JobJson;
import org.jspecify.annotations.Nullable;

/** What a report said that came too late: its effect may have happened, so it is kept and shown, never applied. */
final class LateBody {
  /** In bytes; of a larger one only the line is kept. */
  private static final int MOST = 256 * 1024;

  private LateBody() {}

  static @Nullable Payload of(JobRequest<?> request) {
    if (!(request instanceof CommitJob report)) return null;
    Payload body = switch (report.outcome()) {
      case JobOutcome.Ok ok -> ok.result();
      case JobOutcome.CheckOk ok -> ok.result();
      case JobOutcome.OkExternal set -> Payload.json("{\"externalRef\":%s}".formatted(AfterDeath.text(set.externalRef())));
      case JobOutcome.CheckRejected no -> error(no.error());
      case JobOutcome.ErrRetry failed -> error(failed.error());
      case JobOutcome.ErrFatal failed -> error(failed.error());
      case JobOutcome.CheckPending pending -> null;
      case JobOutcome.Abandon given -> null;
    };
    return body == null || body.size() > MOST ? null : body;
  }

  private static @Nullable Payload error(JobError error) {
    String text = JobJson.write(error);
    return text == null ? null : Payload.json(text);
  }
}
