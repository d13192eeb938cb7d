package dev.pawl.examples.fanout;

import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Promise;
import dev.pawl.sdk.Workflow;
import java.util.List;
import java.util.stream.IntStream;

// tag::workflow[]
/** Hands out one activity per page, to as many workers as there are, and adds up. */
public final class CountWorkflow implements Workflow<Integer, Long> {
  private final CountActivities count = Activities.stub(CountActivities.class);

  @Override
  public Long run(Integer pages) {
    List<Promise<Long>> counts =
        IntStream.rangeClosed(1, pages).mapToObj(page -> Pawl.async(() -> count.words(page))).toList();
    return Promise.all(counts).get().stream().mapToLong(Long::longValue).sum();
  }
}
// end::workflow[]
