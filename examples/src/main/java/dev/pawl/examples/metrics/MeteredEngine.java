package dev.pawl.examples.metrics;

import dev.pawl.core.value.Rejection;
import dev.pawl.engine.metrics.EngineMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

// tag::metrics[]
/** Tells Micrometer what the engine tells. Names of runs and workflows are never labels. */
public final class MeteredEngine implements EngineMetrics {
  private final MeterRegistry registry;

  public MeteredEngine(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void group(int lane, int requests, int writes, Duration took) {
    registry.timer("pawl.group").record(took);
    registry.counter("pawl.writes").increment(writes);
  }

  @Override
  public void rejected(Rejection.Code code) {
    registry.counter("pawl.rejected", "code", code.name()).increment();
  }

  @Override
  public void delivered(Duration late) {
    registry.timer("pawl.mail.late").record(late.isNegative() ? Duration.ZERO : late);
  }

  @Override
  public void revoked(String cause, int leases) {
    registry.counter("pawl.leases.revoked", "cause", cause).increment(leases);
  }

  @Override
  public void orphans(int runs) {
    registry.counter("pawl.orphans").increment(runs);
  }
}
// end::metrics[]
