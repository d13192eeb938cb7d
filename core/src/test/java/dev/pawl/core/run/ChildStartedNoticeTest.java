package dev.pawl.core.run;

import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.RunId;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.child;
import static dev.pawl.core.run.Requests.start;
import static dev.pawl.core.run.Requests.terminate;
import static org.assertj.core.api.Assertions.assertThat;

class ChildStartedNoticeTest {
  private static ChildStartedNotice notice(World w, ParentClosePolicy policy) {
    return new ChildStartedNotice(Mail.Key.toParent(Samples.NOBODY, "started"), new Mail.ChildStarted(
        new ParentLink(World.NS, ORDER, Samples.run(w), 3), "ship-42", Samples.NOBODY, policy));
  }

  @TestFactory
  Stream<DynamicTest> ofAStrangerInEveryState() {
    return Summary.inEveryState(w -> notice(w, ParentClosePolicy.REQUEST_CANCEL), """
        ABSENT, DELAYED, READY, FIRST_LEASE, WAITING, LEASED, PAUSED, BLOCKED, CLOSED: takes the mail; posts CancelOther""");
  }

  @TestFactory
  Stream<DynamicTest> ofAnAbandonedOneInEveryState() {
    return Summary.inEveryState(w -> notice(w, ParentClosePolicy.ABANDON), """
        ABSENT, DELAYED, READY, FIRST_LEASE, WAITING, LEASED, PAUSED, BLOCKED, CLOSED: takes the mail""");
  }

  private static World asked(ParentClosePolicy policy) {
    World world = State.FIRST_LEASE.world();
    world.report(Samples.run(world), true, child(1, "ship-42", policy));
    return world;
  }

  @Test
  void theParentIsTold() {
    World world = asked(ParentClosePolicy.TERMINATE);
    world.deliver();
    RunId childRun = world.current("ship-42").id();
    assertThat(world.facts(Samples.run(world)).getLast()).isEqualTo(new RunEvent.ChildRunStarted(1, childRun));
    assertThat(world.current(ORDER).task().phase()).isEqualTo(Phase.READY);
    assertThat(world.current(ORDER).state().children().get(1).run()).isEqualTo(childRun);
  }

  @Test
  void aChildThatIsBornAfterItsParentsEndIsTreatedByItsPolicy() {
    World world = asked(ParentClosePolicy.TERMINATE);
    world.did(Deliveries.of(world.mails.get(Mail.Key.toChild(Samples.run(world), 1, "start"))));
    world.did(terminate(ORDER, null));
    assertThat(world.current("ship-42").state().open()).isTrue();
    world.deliver();
    assertThat(world.current("ship-42").state().status()).isEqualTo(RunStatus.TERMINATED);
  }

  @Test
  void aChildThatIsNotBornYetNeverIs() {
    World world = asked(ParentClosePolicy.REQUEST_CANCEL);
    world.did(terminate(ORDER, null));
    assertThat(world.mails).isEmpty();
    assertThat(world.runs).hasSize(1);
  }

  @Test
  void anAbandonedChildIsBornAllTheSame() {
    World world = asked(ParentClosePolicy.ABANDON);
    world.did(terminate(ORDER, null));
    world.deliver();
    assertThat(world.current("ship-42").state().open()).isTrue();
  }

  @Test
  void aStrangerWhoTookTheIdIsLeftAlone() {
    World world = asked(ParentClosePolicy.TERMINATE);
    world.did(start(world, "ship-42"));
    world.did(terminate(ORDER, null));
    world.deliver();
    assertThat(world.current("ship-42").state().open()).isTrue();
  }
}
