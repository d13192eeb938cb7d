package dev.pawl.examples.loyalty;

import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;

// tag::workflow[]
/** Sells something, and tells the customer's account, which is a workflow of its own. */
public final class CheckoutWorkflow implements Workflow<Checkout, Void> {
  @Override
  public Void run(Checkout checkout) {
    Pawl.external(checkout.customer()).as(AccountSignals.class).purchase(checkout.purchase());
    return null;
  }
}
// end::workflow[]
