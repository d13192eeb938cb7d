package dev.pawl.examples.tenant;

import dev.pawl.core.value.SearchValue;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import java.util.Map;

/** Writes an invoice, waits for the payment, and can be found by how far it is. */
public final class InvoiceWorkflow implements Workflow<Long, String> {
  @Override
  public String run(Long cents) {
    // tag::attributes[]
    Pawl.upsertSearchAttributes(Map.of(
        "Stage", new SearchValue.Keyword("open"),
        "Cents", new SearchValue.Int(cents)));
    // end::attributes[]
    String number = Pawl.step("write", () -> "invoice of " + Tenant.current());
    Pawl.receive("paid", String.class);
    Pawl.upsertSearchAttributes(Map.of("Stage", new SearchValue.Keyword("paid")));
    return number;
  }
}
