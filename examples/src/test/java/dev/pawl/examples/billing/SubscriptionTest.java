package dev.pawl.examples.billing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.RunStatus;
import dev.pawl.examples.LocalPawl;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class SubscriptionTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private final List<LocalDate> charged = new CopyOnWriteArrayList<>();

  @Test
  void chargesEveryMonthUntilItIsCancelled() {
    BillingActivities billing = (customer, cents, day) -> charged.add(day);
    try (var pawl = LocalPawl.serving(worker -> worker
        .workflow("subscription", SubscriptionWorkflow::new)
        .activities("billing", BillingActivities.class, billing))) {
      LocalDate first = LocalDate.ofInstant(pawl.now(), BERLIN).plusDays(14); // a trial of two weeks
      var subscription = pawl.client().start(
          "subscription", "sub-1", new Subscription("ann", 900, first, BERLIN, 0));
      pawl.skip(Duration.ofDays(12));
      assertThat(charged).isEmpty();
      for (int month = 0; month < 14; month++) {
        int charges = month + 1;
        LocalDate due = first.plusMonths(month);
        pawl.skip(Duration.between(pawl.now(), due.atStartOfDay(BERLIN).toInstant().plusSeconds(1)));
        LocalPawl.await(() -> charged.size() == charges);
        assertThat(charged.get(month)).isEqualTo(due);
      }
      assertThat(pawl.engine().control().runs("default", "sub-1")).extracting(run -> run.status())
          .as("one run a year").containsExactly(RunStatus.CONTINUED, RunStatus.RUNNING);

      subscription.signal("cancel", "too dear");
      assertThat(subscription.result(Subscription.class).charged()).isEqualTo(14);
    }
  }

  @Test
  void theLastDayOfTheMonthStaysTheLast() {
    Subscription sub = new Subscription("bob", 900, LocalDate.of(2027, 1, 31), BERLIN, 0);
    assertThat(sub.afterCharge().nextCharge()).isEqualTo(LocalDate.of(2027, 2, 28));
    assertThat(sub.afterCharge().afterCharge().nextCharge()).isEqualTo(LocalDate.of(2027, 3, 31));
  }
}
