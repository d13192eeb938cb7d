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
    EnvelopeCases.add(suite);
    StartCases.add(suite);
    LookingCases.add(suite);
    HistoryCases.add(suite);
    CommandCases.add(suite);
    StandaloneActivityCases.add(suite);
    ScheduleCases.add(suite);
    SearchAttributeCases.add(suite);
    FleetCases.add(suite);
    UpkeepCases.add(suite);
    CarrierCases.add(suite);
    WorkerCases.add(suite);
    ActivityTaskCases.add(suite);
    QuestionCases.add(suite);
    WorkflowCommandCases.add(suite);
    EventCases.add(suite);
    ReplayerCases.add(suite);
    TimingCases.add(suite);
    return suite;
  }
}
