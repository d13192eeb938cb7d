package dev.pawl.core.job;

import dev.pawl.core.value.Payload;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the holder of a lease reports. */
public sealed interface JobOutcome {

  JobEvent event();

  /** Done. */
  record Ok(@Nullable Payload result) implements JobOutcome {
    @Override
    public JobEvent event() {
      return JobEvent.OK;
    }
  }

  /** Set going elsewhere, under this name; to be checked or called back about. */
  record OkExternal(String externalRef) implements JobOutcome {
    @Override
    public JobEvent event() {
      return JobEvent.OK_EXTERNAL;
    }
  }

  /** The external effect has come about. */
  record CheckOk(@Nullable Payload result) implements JobOutcome {
    @Override
    public JobEvent event() {
      return JobEvent.CHECK_OK;
    }
  }

  /** @param retryAfter look again no sooner than this */
  record CheckPending(@Nullable Duration retryAfter) implements JobOutcome {
    @Override
    public JobEvent event() {
      return JobEvent.CHECK_PENDING;
    }
  }

  /** The external effect will not come about; the work must be done again. */
  record CheckRejected(JobError error, @Nullable Duration retryAfter) implements JobOutcome {
    @Override
    public JobEvent event() {
      return JobEvent.CHECK_REJECTED;
    }
  }

  record ErrRetry(JobError error, @Nullable Duration retryAfter) implements JobOutcome {
    @Override
    public JobEvent event() {
      return JobEvent.ERR_RETRY;
    }
  }

  record ErrFatal(JobError error) implements JobOutcome {
    @Override
    public JobEvent event() {
      return JobEvent.ERR_FATAL;
    }
  }

  /** Given back untouched, because the node shuts down. */
  record Abandon() implements JobOutcome {
    @Override
    public JobEvent event() {
      return JobEvent.ABANDON;
    }
  }
}
