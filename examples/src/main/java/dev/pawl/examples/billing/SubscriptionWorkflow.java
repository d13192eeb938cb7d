package dev.pawl.examples.billing;

import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import java.time.Duration;
import java.time.Instant;

// tag::workflow[]
/** Charges on the same day of every month until somebody cancels. */
public final class SubscriptionWorkflow implements Workflow<Subscription, Subscription> {
  private static final int CHARGES_PER_RUN = 12;
  private final BillingActivities billing = Activities.stub(BillingActivities.class);
  private boolean cancelled;

  @Override
  public Subscription run(Subscription started) {
    Pawl.onSignal("cancel", String.class, why -> cancelled = true);
    Subscription subscription = started;
    for (int i = 0; i < CHARGES_PER_RUN; i++) {
      Instant due = subscription.nextCharge().atStartOfDay(subscription.zone()).toInstant();
      if (Pawl.await(() -> cancelled, Duration.between(Pawl.now(), due))) return subscription;
      billing.charge(subscription.customer(), subscription.cents(), subscription.nextCharge());
      subscription = subscription.afterCharge();
    }
    return Pawl.continueAsNew(subscription); // once a year, so that history stays short
  }
}
// end::workflow[]
