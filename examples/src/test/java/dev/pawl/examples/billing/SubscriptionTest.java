package dev.pawl.examples.billing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.RunStatus;
import dev.pawl.testkit.TestPawl;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class SubscriptionTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @Test
  void chargesEveryMonthUntilItIsCancelled() {
    List<String> charged = new CopyOnWriteArrayList<>();
    TestPawl[] self = new TestPawl[1];
    BillingActivities billing = (customer, cents, day) -> charged.add(day + " at " + self[0].now());
    try (TestPawl pawl = TestPawl.onSqlite().at("2027-01-17T10:00Z").workflow("subscription", SubscriptionWorkflow::new)
        .activities("billing", BillingActivities.class, billing).start()) {
      self[0] = pawl;
      var subscription = pawl.start("subscription", "sub-1",
          new Subscription("ann", 900, LocalDate.of(2027, 1, 31), BERLIN, 0)); // a trial of two weeks
      pawl.skipTime(Duration.ofDays(13));
      assertThat(charged).isEmpty();

      pawl.skipTime(Duration.ofDays(85));
      assertThat(charged).containsExactly(
          "2027-01-31 at 2027-01-30T23:00:00Z",
          "2027-02-28 at 2027-02-27T23:00:00Z",
          "2027-03-31 at 2027-03-30T22:00:00Z"); // summer time has begun

      pawl.skipTime(Duration.ofDays(365));
      assertThat(charged).hasSize(15);
      assertThat(pawl.control().runs("default", "sub-1")).extracting(run -> run.status())
          .as("one run a year").containsExactly(RunStatus.CONTINUED, RunStatus.RUNNING);

      subscription.signal("cancel", "too dear");
      assertThat(subscription.result(Subscription.class).charged()).isEqualTo(15);
    }
  }
}
