package dev.pawl.engine.store;

import dev.pawl.core.run.RunTransition;
import dev.pawl.engine.store.JobStore.AuditReport;
import java.util.List;

/** What operators did to runs and tried, sealed: a chain of hashes per namespace. Lines are written by {@link Store#commit}. */
public interface RunAudit {

  /** Lines behind number {@code after}, oldest first. */
  List<Sealed> lines(String namespace, long after, int limit);

  /** @param hash of the line and of everything before it */
  record Sealed(long number, byte[] hash, RunTransition line) {}

  /** Computes the whole chain of a namespace again. */
  AuditReport verify(String namespace);
}
