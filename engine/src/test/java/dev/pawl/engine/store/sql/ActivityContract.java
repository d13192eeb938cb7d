package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.Samples.NS;
import static dev.pawl.engine.store.sql.Samples.effects;
import static dev.pawl.engine.store.sql.Samples.grant;
import static dev.pawl.engine.store.sql.Samples.plus;
import static dev.pawl.engine.store.sql.Samples.report;
import static dev.pawl.engine.store.sql.Samples.start;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.Run;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Store.Outcome.Conflict;
import dev.pawl.engine.store.Store.Outcome.Landed;
import dev.pawl.engine.store.Store.TaskKind;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How activities are opened, claimed, guarded and shared, on every store. */
abstract class ActivityContract extends StoreContract {
  ActivityContract(DatabaseServer server) {
    super(server);
  }

  @Test
  void activityIsOpenedClaimedBeatenAndClosed() {
    Run run = withActivity("paid");
    TaskId id = new TaskId(run.id(), 1);
    assertThat(store.visibility().backlog(NS, "work", TaskKind.ACTIVITY).waiting()).isEqualTo(1);
    assertThat(store.claimActivities(NS, "other", SessionId.random(), List.of(), 10)).isEmpty();
    assertThat(store.claimActivities(NS, "work", SessionId.random(), List.of("refund"), 10)).isEmpty();

    SessionId session = SessionId.random();
    clock.forward(Duration.ofSeconds(5));
    List<ActivityTask> claimed = store.claimActivities(NS, "work", session, List.of("refund", "charge"), 10);
    assertThat(claimed).hasSize(1);
    ActivityTask task = claimed.get(0);
    assertThat(task.id()).isEqualTo(id);
    assertThat(task.phase()).isEqualTo(ActivityTask.Phase.LEASED);
    assertThat(task.epoch()).isEqualTo(1);
    assertThat(task.leasedAt()).isEqualTo(clock.instant());
    assertThat(task.input()).isEqualTo(Payload.json("42"));
    assertThat(task.options()).isEqualTo(options(Duration.ofMinutes(1), 5));
    assertThat(store.claimActivities(NS, "work", session, List.of(), 10)).isEmpty();

    assertThat(store.beat(List.of(new Store.Beat(id, 7, null)))).isEmpty();
    clock.forward(Duration.ofSeconds(5));
    ActivityTask beaten = store.beat(List.of(new Store.Beat(id, 1, Payload.json("\"half\"")))).get(0);
    assertThat(beaten.details()).isEqualTo(Payload.json("\"half\""));
    assertThat(store.beat(List.of(new Store.Beat(id, 1, null)))).extracting(ActivityTask::details)
        .containsExactly(Payload.json("\"half\""));
    assertThat(store.visibility().activitiesOf(run.id())).containsExactly(beaten);

    assertThat(store.nextDue()).contains(task.leasedAt().plusSeconds(60));
    assertThat(store.overdueActivities(10)).isEmpty();
    clock.forward(Duration.ofMinutes(2));
    assertThat(store.overdueActivities(10)).containsExactly(beaten);

    assertThat(store.commit(List.of(effects(new Effect.CloseTask(id, 0L))))).containsExactly(new Conflict());
    assertThat(store.commit(List.of(effects(new Effect.CloseTask(id, 1L)), start("x").write())))
        .containsExactly(new Landed(), new Landed());
    assertThat(store.visibility().activitiesOf(run.id())).isEmpty();
    assertThat(store.commit(List.of(effects(new Effect.CloseTask(id, 1L)), start("y").write())))
        .containsExactly(new Conflict(), new Landed());
    assertThat(store.commit(List.of(effects(new Effect.CloseTask(id, null))))).containsExactly(new Landed());
  }

  @Test
  void changedTaskIsGuardedByItsEpoch() {
    Run run = withActivity("retry");
    ActivityTask open = store.visibility().activitiesOf(run.id()).get(0);
    ActivityTask retry = open.leased(SessionId.random(), NOON)
        .nextAttempt(NOON.plusSeconds(30), Failure.of("Declined", "no \0 money"), true);
    Samples.Made change = Samples.signal(run, "s");
    assertThat(store.commit(List.of(plus(change.write(), new Effect.ChangeTask(retry, 3)), start("n").write())))
        .containsExactly(new Conflict(), new Landed());
    assertThat(loaded(run.id())).isEqualTo(run);
    assertThat(store.commit(List.of(plus(change.write(), new Effect.ChangeTask(retry, 0)), start("m").write())))
        .containsExactly(new Landed(), new Landed());
    assertThat(store.visibility().activitiesOf(run.id())).containsExactly(retry);
    assertThat(store.load(new Store.Wanted(List.of(), List.of(), List.of(retry.id(), new TaskId(run.id(), 2)),
        List.of(), List.of())).tasks()).containsOnly(Map.entry(retry.id(), retry));
    assertThat(store.claimActivities(NS, "work", SessionId.random(), List.of(), 1)).isEmpty();
    assertThat(store.nextDue()).contains(NOON.plusSeconds(30));
    clock.forward(Duration.ofSeconds(30));
    assertThat(store.claimActivities(NS, "work", SessionId.random(), List.of(), 1)).hasSize(1);
  }

  @Test
  void severalGuardsOfOneWriteHoldTogetherOrNotAtAll() {
    Run run = withActivity("both");
    TaskId task = new TaskId(run.id(), 1);
    Mail mail = new Mail(Mail.Key.timer(run.id(), 5), NOON, new Mail.TimerDue(5));
    assertThat(store.commit(List.of(effects(new Effect.Post(mail))))).containsExactly(new Landed());
    Samples.Made change = Samples.signal(run, "s");

    // Version and mail hold, the epoch does not.
    assertThat(store.commit(List.of(plus(change.write(), new Effect.Take(mail.key()), new Effect.CloseTask(task, 9L)),
        start("n1").write()))).containsExactly(new Conflict(), new Landed());
    assertThat(store.dueMails(5)).containsExactly(mail);
    assertThat(store.visibility().activitiesOf(run.id())).hasSize(1);
    assertThat(loaded(run.id())).isEqualTo(run);

    // Version and epoch hold, the mail is not there.
    assertThat(store.commit(List.of(plus(change.write(), new Effect.Take(Mail.Key.timer(run.id(), 6)),
        new Effect.CloseTask(task, 0L)), start("n2").write()))).containsExactly(new Conflict(), new Landed());
    assertThat(store.visibility().activitiesOf(run.id())).hasSize(1);

    assertThat(store.commit(List.of(plus(change.write(), new Effect.Take(mail.key()), new Effect.CloseTask(task, 0L)),
        start("n3").write()))).containsExactly(new Landed(), new Landed());
    assertThat(store.dueMails(5)).isEmpty();
    assertThat(store.visibility().activitiesOf(run.id())).isEmpty();
  }

  @Test
  void manyClaimersShareTheWorkWithoutOverlap() throws Exception {
    SessionId session = SessionId.random();
    Run run = land(grant(land(start("many")), session, NOON));
    List<Command> commands = new ArrayList<>();
    for (int i = 1; i <= 60; i++) commands.add(activity(i));
    land(report(run, session, true, commands.toArray(Command[]::new)));
    Store other = open();
    List<ActivityTask> all = new ArrayList<>();
    while (all.size() < 60) {
      List<List<ActivityTask>> parts = Race.of(
          () -> store.claimActivities(NS, "work", SessionId.random(), List.of(), 7),
          () -> other.claimActivities(NS, "work", SessionId.random(), List.of(), 7),
          () -> other.claimActivities(NS, "work", SessionId.random(), List.of(), 7));
      assertThat(parts).anySatisfy(part -> assertThat(part).isNotEmpty());
      parts.forEach(all::addAll);
    }
    assertThat(all).extracting(ActivityTask::id).doesNotHaveDuplicates().hasSize(60);
  }
}
