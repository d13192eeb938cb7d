package dev.pawl.examples.quotes;

import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Promise;
import dev.pawl.sdk.Scope;
import dev.pawl.sdk.WaitTimedOutException;
import dev.pawl.sdk.Workflow;
import java.time.Duration;
import java.util.List;

// tag::workflow[]
/** Asks three carriers at once, takes the first answer, and calls off the others. */
public final class QuoteWorkflow implements Workflow<Integer, Quote> {
  private static final List<String> CARRIERS = List.of("north", "south", "sea");
  private final CarrierActivities carriers = Activities.stub(CarrierActivities.class);

  @Override
  public Quote run(Integer grams) {
    Scope asking = Scope.open();
    List<Promise<Quote>> quotes =
        CARRIERS.stream().map(carrier -> asking.async(() -> carriers.quote(carrier, grams))).toList();
    try {
      return Promise.any(quotes).get(Duration.ofMinutes(5));
    } catch (WaitTimedOutException nobody) {
      return new Quote("the post office", 900);
    } finally {
      asking.cancel("somebody was faster");
    }
  }
}
// end::workflow[]
