package dev.pawl.examples.tenant;

import dev.pawl.sdk.context.ContextCarrier;
import org.jspecify.annotations.Nullable;

// tag::carrier[]
/** Takes the tenant from whoever starts a workflow to all code that runs for it. */
public final class TenantCarrier implements ContextCarrier {
  @Override
  public String name() {
    return "tenant";
  }

  @Override
  public @Nullable String capture() {
    return Tenant.current();
  }

  @Override
  public Bound restore(String tenant) {
    Tenant.set(tenant);
    return Tenant::clear;
  }
}
// end::carrier[]
