package dev.pawl.examples.order;

import dev.pawl.sdk.ActivityName;

// tag::interface[]
/** The payment provider, behind a queue: any worker that registers it may do the work. */
@ActivityName("payments")
public interface PaymentActivities {
  /** @return the provider's reference; fails as {@code CardDeclined} */
  String charge(String orderId, long cents);

  void refund(String charge);
}
// end::interface[]
