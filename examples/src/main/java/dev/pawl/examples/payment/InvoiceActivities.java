package dev.pawl.examples.payment;

import dev.pawl.sdk.ActivityName;

/** Bills on paper. */
@ActivityName("invoices")
public interface InvoiceActivities {
  /** @return number of the invoice */
  String send(String orderId, long cents);
}
