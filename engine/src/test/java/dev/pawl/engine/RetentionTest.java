package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.ParentClosePolicy;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** How long closed runs are kept, and who says so. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class RetentionTest extends EngineFixture {
  private static final Duration DAY = Duration.ofDays(1);

  RetentionTest(DatabaseServer server) {
    super(server);
  }

  private Duration retention() {
    return pawl.namespaces().stream().filter(it -> it.name().equals("default")).findFirst().orElseThrow().retention();
  }

  private void closeARun() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true, done("1"));
  }

  private void make(String namespace, String workflowId) {
    pawl.putNamespace(new Store.Namespace(namespace, "", DAY));
    control.start(ControlApi.Start.of(namespace, workflowId, "T", "q", null));
  }

  @Test
  void aChainWhoseCurrentRunIsErasedGoesOnFromTheOneBefore() {
    closeARun();
    RunId first = control.describe(ref("w")).run();
    RunId second = control.reset(ref("w"), 2, "again", null);
    Hand hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true, done("2"));
    PawlEngine other = engine(config -> {});
    assertThat(other.control().describe(ref("w")).run()).isEqualTo(second);
    control.delete(new RunRef("default", "w", second));
    for (ControlApi node : List.of(control, other.control())) {
      assertThat(node.describe(ref("w")).run()).isEqualTo(first);
      assertThat(node.runs("default", "w")).hasSize(1);
    }
    control.start(start("w"));
    assertThat(control.runs("default", "w")).extracting(ControlApi.RunView::runNumber).containsExactly(1, 2);
    control.terminate(ref("w"), "enough", null);
    control.delete(ref("w"));
    control.delete(ref("w"));
    assertThat(control.runs("default", "w")).isEmpty();
    assertRejected(Rejection.Code.RUN_NOT_FOUND, () -> control.describe(ref("w")));
  }

  @Test
  void aDeletedNamespaceIsGoneWithItsOpenRuns() {
    make("gone", "w");
    make("stays", "w");
    Hand hand = new Hand(pawl);
    WorkerApi.WorkflowTaskGrant held = hand.api.pollWorkflows(
        new WorkerApi.Poll(hand.session, "gone", "q", Set.of(), 1, NOW, null)).getFirst();
    assertThat(pawl.deleteNamespace("gone").runs()).isEqualTo(1);
    assertThat(pawl.isNamespace("gone")).isFalse();
    assertRejected(Rejection.Code.RUN_NOT_FOUND, () -> hand.report(held.token(), 2, true, done("1")));
    assertRejected(Rejection.Code.NAMESPACE_NOT_FOUND, () -> control.count("gone", ""));
    assertRejected(Rejection.Code.NAMESPACE_NOT_FOUND, () -> pawl.deleteNamespace("gone"));
    assertRejected(Rejection.Code.INVALID_ARGUMENT, () -> pawl.deleteNamespace("default"));
    assertThat(control.count("stays", "")).isEqualTo(1);
    make("gone", "another");
    assertThat(control.runs("gone", "w")).isEmpty();
    assertThat(control.count("gone", "")).isEqualTo(1);
    assertThat(pawl.verify()).isEmpty();
  }

  /** Another node let a run in after the deletion, or whoever deleted died: the upkeep of any node goes on. */
  @Test
  void whatADeletionDidNotGetToIsFinished() {
    make("gone", "w");
    pawl.deleteNamespace("gone");
    make("gone", "late");
    pawl.store().declarations().put("pawl", "doomed", "gone", "{}");
    tickUntilQuiet();
    assertThat(pawl.store().visibility().runsOf("gone", "late")).isEmpty();
    clock.pass(DAY);
    tickUntilQuiet();
    assertThat(pawl.store().declarations().list("pawl", "doomed")).isEmpty();
  }

  @Test
  void aConfigurationThatSaysNothingChangesNothing() {
    assertThat(retention()).isEqualTo(Duration.ofDays(30));
    pawl.retain("default", Duration.ofDays(90));
    engine(config -> {});
    assertThat(retention()).isEqualTo(Duration.ofDays(90));
  }

  @Test
  void aConfigurationThatSaysItChangesItWhenTheEngineOpens() {
    closeARun();
    clock.pass(DAY.multipliedBy(2));
    tickUntilQuiet();
    assertThat(control.runs("default", "w")).hasSize(1);
    engine(config -> config.retention = config.retention.keeping(DAY));
    assertThat(retention()).isEqualTo(DAY);
    tickUntilQuiet();
    assertThat(control.count("default", "")).isZero();
  }

  @Test
  void aCallChangesItAtOnceAndKeepsTheDescription() {
    pawl.putNamespace(new Store.Namespace("shop", "orders", DAY.multipliedBy(7)));
    closeARun();
    clock.pass(DAY.multipliedBy(20));
    pawl.retain("shop", DAY);
    tickUntilQuiet();
    assertThat(control.runs("default", "w")).as("another namespace").hasSize(1);
    pawl.retain("default", DAY.multipliedBy(19));
    tickUntilQuiet();
    assertThat(control.count("default", "")).isZero();
    assertThat(pawl.namespaces()).contains(new Store.Namespace("shop", "orders", DAY));
  }

  @Test
  void whatAnErasedRunStillHadToSayIsSaid() {
    control.start(start("parent"));
    control.start(start("listener"));
    Hand hand = new Hand(pawl);
    for (WorkerApi.WorkflowTaskGrant grant : hand.runs(10)) {
      if (!grant.workflowId().equals("parent")) hand.report(grant.token(), 2, true);
      else hand.report(grant.token(), 2, true, new Command.StartChild(1, "Child", "child", "q", Payload.json("1"),
          StartOptions.PLAIN, ParentClosePolicy.ABANDON));
    }
    tickUntilQuiet();
    for (WorkerApi.WorkflowTaskGrant grant : hand.runs(10)) {
      if (!grant.workflowId().equals("child")) hand.report(grant.token(), Hand.last(grant.events()), true);
      else hand.report(grant.token(), 2, true,
          new Command.SignalExternal(1, "default", "listener", "hello", Payload.json("1"), Map.of()), done("1"));
    }
    control.delete(ref("child"));
    tickUntilQuiet();
    assertThat(history("parent")).endsWith("ChildRunCompleted");
    assertThat(history("listener")).endsWith("SignalReceived");
    assertThat(pawl.store().dueMails(10)).isEmpty();
  }

  @Test
  void whatIsReportedTooLateForAnErasedRunIsNotKept() throws Exception {
    control.start(start("w"));
    Hand zombie = new Hand(pawl);
    TaskToken lost = zombie.run().token();
    control.terminate(ref("w"), "enough", null);
    control.delete(ref("w"));
    assertRejected(Rejection.Code.LEASE_LOST, () -> zombie.report(lost, 2, true, done("1")), Rejection.Code.RUN_NOT_FOUND);
    try (var connection = database.dataSource().getConnection(); var statement = connection.createStatement();
        var rows = statement.executeQuery("select count(*) from pawl_late_reports")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isZero();
    }
  }

  @Test
  void whatWouldDeleteEverythingIsRefused() {
    for (Duration wrong : new Duration[] {Duration.ZERO, DAY.negated(), Duration.ofSeconds(59), DAY.multipliedBy(40_000)}) {
      assertRejected(Rejection.Code.INVALID_ARGUMENT, () -> pawl.retain("default", wrong));
      assertRejected(Rejection.Code.INVALID_ARGUMENT,
          () -> pawl.putNamespace(new Store.Namespace("default", "", wrong)));
      assertRejected(Rejection.Code.BAD_CONFIGURATION,
          () -> engine(config -> config.retention = config.retention.keeping(wrong)));
    }
    assertRejected(Rejection.Code.NAMESPACE_NOT_FOUND, () -> pawl.retain("nowhere", DAY));
    assertRejected(Rejection.Code.BAD_CONFIGURATION, () -> engine(config ->
        config.retention = new EngineConfig.Retention(null, 200, Duration.ZERO)));
    assertThat(retention()).isEqualTo(Duration.ofDays(30));
  }
}
