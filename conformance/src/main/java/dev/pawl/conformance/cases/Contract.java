package dev.pawl.conformance.cases;

import dev.pawl.conformance.suite.Suite;

/** All cases, in the order of the contract. */
public final class Contract {
  private Contract() {}

  public static Suite suite() {
    Suite suite = new Suite();
    TransportCases.add(suite);
    AccessCases.add(suite);
    ErrorCases.add(suite);
    PayloadCases.add(suite);
    DiscoveryCases.add(suite);
    NamespaceCases.add(suite);
    StartCases.add(suite);
    return suite;
  }
}
