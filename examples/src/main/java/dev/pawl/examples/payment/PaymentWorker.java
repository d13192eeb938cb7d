package dev.pawl.examples.payment;

import dev.pawl.engine.PawlEngine;
import dev.pawl.examples.order.PaymentActivities;
import dev.pawl.sdk.Verdict;
import dev.pawl.sdk.worker.Worker;

/** Serves payments. */
public final class PaymentWorker {
  private PaymentWorker() {}

  // tag::worker[]
  /** A worker of the queue "payments". */
  static Worker start(PawlEngine engine, Provider provider) {
    return Worker.on(engine.worker())
        .queue("payments")
        .workflow("pay", PayWorkflow::new)
        // tag::verify[]
        .activities("payments", PaymentActivities.class, new ProviderPayments(provider), hooks -> hooks
            .verify("charge", key -> provider.find(key).map(Verdict::did).orElseGet(Verdict::didNot)))
        // end::verify[]
        .activities("invoices", InvoiceActivities.class, (orderId, cents) -> "invoice of " + orderId)
        .settings(set -> {
          set.activities = 50;
          set.activitiesPerSecond = 20;
        })
        .start();
  }
  // end::worker[]
}
