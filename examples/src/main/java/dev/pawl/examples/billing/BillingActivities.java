package dev.pawl.examples.billing;

import dev.pawl.sdk.ActivityName;
import java.time.LocalDate;

/** Takes the money. */
@ActivityName("billing")
public interface BillingActivities {
  void charge(String customer, long cents, LocalDate day);
}
