package dev.pawl.core.run;

import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.options;
import static dev.pawl.core.run.Requests.start;
import static org.assertj.core.api.Assertions.assertThat;

class StartChildTest {
  private static final ParentLink PARENT = new ParentLink(World.NS, "parent-1", Samples.NOBODY, 4);

  private static StartChild start(StartOptions options, Instant deadline) {
    return new StartChild(Mail.Key.toChild(Samples.NOBODY, 4, "start"), new Mail.StartChild(PARENT, World.NS, ORDER,
        "Order", "orders", Payload.json("1"), options, ParentClosePolicy.TERMINATE, false, deadline));
  }

  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> start(StartOptions.PLAIN, null), """
        ABSENT, CLOSED: a new run: StartAccepted, WorkflowStarted; posts ChildStarted → READY
        DELAYED, READY, FIRST_LEASE, WAITING, LEASED, PAUSED, BLOCKED: takes the mail; posts ChildEnded""");
  }

  private static World withMail(World world, StartChild start) {
    world.mails.put(start.key(), new Mail(start.key(), world.now, start.child()));
    return world;
  }

  @Test
  void theChildKnowsItsParentAndTheParentIsTold() {
    StartChild start = start(StartOptions.PLAIN, null);
    World world = withMail(new World(), start);
    world.did(start);
    Run child = world.current(ORDER);
    assertThat(child.state().started().parent()).isEqualTo(PARENT);
    assertThat(world.mails.get(Mail.Key.toParent(child.id(), "started")).message())
        .isEqualTo(new Mail.ChildStarted(PARENT, ORDER, child.id(), ParentClosePolicy.TERMINATE));
  }

  @Test
  void aTakenIdIsTheChildsFailure() {
    StartChild start = start(StartOptions.PLAIN, null);
    World world = withMail(State.READY.world(), start);
    world.did(start);
    Mail.ChildEnded told = (Mail.ChildEnded) world.mails.get(Mail.Key.refusedChild(Samples.NOBODY, 4)).message();
    assertThat(told.child()).isNull();
    assertThat(((Outcome.Failed) told.outcome()).failure().type()).isEqualTo(Failure.ALREADY_STARTED);
  }

  @Test
  void theEarlierDeadlineCounts() {
    Duration hour = Duration.ofHours(1);
    for (Duration own : List.of(hour, hour.multipliedBy(3))) {
      StartChild start = start(options(own, null, null, Duration.ZERO), World.NOON.plus(hour.multipliedBy(2)));
      World world = withMail(new World(), start);
      world.did(start);
      assertThat(world.current(ORDER).state().started().executionDeadline())
          .isEqualTo(World.NOON.plus(own.compareTo(hour) > 0 ? hour.multipliedBy(2) : hour));
    }
  }

  @Test
  void itsIdNeverMeetsThatOfTheParentsNextRun() {
    Instant now = World.NOON;
    assertThat(RunId.caused(Samples.NOBODY, -2, World.NS, "same", now))
        .isNotEqualTo(RunId.caused(Samples.NOBODY, 2, World.NS, "same", now));
  }
}
