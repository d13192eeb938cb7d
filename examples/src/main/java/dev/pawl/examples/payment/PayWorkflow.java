package dev.pawl.examples.payment;

import dev.pawl.examples.order.Order;
import dev.pawl.examples.order.PaymentActivities;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Retry;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.failure.ActivityException;
import dev.pawl.sdk.failure.ApplicationException;

/** Takes the money from the card, or sends an invoice if the bank says no. */
public final class PayWorkflow implements Workflow<Order, String> {
  private final PaymentActivities payments = Activities.stub(PaymentActivities.class,
      opts -> opts.retry(Retry.exponential().except("CardDeclined")));
  private final InvoiceActivities invoices = Activities.stub(InvoiceActivities.class);

  @Override
  public String run(Order order) {
    // tag::catch[]
    try {
      return payments.charge(order.id(), order.cents());
    } catch (ActivityException failed) {
      boolean declined =
          failed.find(ApplicationException.class).filter(why -> why.type().equals("CardDeclined")).isPresent();
      if (!declined) throw failed;
      return invoices.send(order.id(), order.cents());
    }
    // end::catch[]
  }
}
