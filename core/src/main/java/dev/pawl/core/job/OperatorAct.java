package dev.pawl.core.job;

import dev.pawl.core.value.Payload;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What an operator can do to a job by hand. */
public sealed interface OperatorAct {

  JobEvent event();

  /** Parks it. @param time until it goes on by itself, at most {@link #LONGEST} */
  record Hold(Duration time) implements OperatorAct {
    public static final Duration STANDARD = Duration.ofDays(7);
    public static final Duration LONGEST = Duration.ofDays(30);

    @Override
    public JobEvent event() {
      return JobEvent.HOLD;
    }
  }

  /** Lets a held job go on, when it would have been due without the hold. */
  record Release() implements OperatorAct {
    @Override
    public JobEvent event() {
      return JobEvent.RELEASE;
    }
  }

  /** Takes the lease from its holder, without a penalty for the job. */
  record ForceRevoke() implements OperatorAct {
    @Override
    public JobEvent event() {
      return JobEvent.FORCE_REVOKE;
    }
  }

  record ForceFail() implements OperatorAct {
    @Override
    public JobEvent event() {
      return JobEvent.FORCE_FAIL;
    }
  }

  record ForceDeadLetter() implements OperatorAct {
    @Override
    public JobEvent event() {
      return JobEvent.FORCE_DEAD_LETTER;
    }
  }

  /** Declares it done. @param evidence how that is known; never blank */
  record ForceSucceed(String evidence, @Nullable Payload result) implements OperatorAct {
    @Override
    public JobEvent event() {
      return JobEvent.FORCE_SUCCEED;
    }
  }

  /** Drives a dead or failed job again, from the beginning. A deadline that has passed is dropped. */
  record Redrive() implements OperatorAct {
    @Override
    public JobEvent event() {
      return JobEvent.REDRIVE;
    }
  }
}
