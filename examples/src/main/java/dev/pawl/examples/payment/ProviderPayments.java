package dev.pawl.examples.payment;

import dev.pawl.examples.order.PaymentActivities;
import dev.pawl.sdk.Activity;

/** Payments at a {@link Provider}, with the idempotency key as the reference. */
final class ProviderPayments implements PaymentActivities {
  private final Provider provider;

  ProviderPayments(Provider provider) {
    this.provider = provider;
  }

  @Override
  public String charge(String orderId, long cents) {
    return provider.charge(Activity.context().idempotencyKey(), cents);
  }

  @Override
  public void refund(String charge) {}
}
