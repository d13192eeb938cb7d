package dev.pawl.engine;

import dev.pawl.core.job.JobId;
import dev.pawl.core.task.LossBudget;
import java.time.Duration;

/** A job whose nodes die under it until it is a dead letter, and the policy that drives it again; halts at a failpoint. */
final class DoomedRedrive {
  private DoomedRedrive() {}

  /** @param args the database's address */
  public static void main(String[] args) {
    var clock = new OwnedClock();
    PawlEngine pawl = PawlEngine.open(args[0], config -> {
      config.clock = clock;
      config.duties = false;
    });
    JobId id = JobHand.submit(pawl, JobHand.spec("order-12345"));
    System.out.println("acknowledged " + id);
    for (int loss = 1; loss <= 5; loss++) {
      new JobHand(pawl).take();
      clock.pass(Duration.ofSeconds(16));
      pawl.store().expireSessions();
      pawl.tick(clock.instant());
      clock.pass(LossBudget.delay(loss, id.toString()).orElse(Duration.ofMinutes(15)));
    }
    System.out.println("a dead letter at " + clock.instant());
    pawl.tick(clock.instant());
    System.out.println("survived");
  }
}
