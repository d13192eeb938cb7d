package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.Samples.NS;
import static dev.pawl.engine.store.sql.Samples.effects;
import static dev.pawl.engine.store.sql.Samples.start;
import static dev.pawl.engine.store.sql.Samples.starting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.Run;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.store.Store.Outcome.Conflict;
import dev.pawl.engine.store.Store.Outcome.Landed;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When mails are due, and what happens inside the user's own transaction, on every store. */
abstract class MailContract extends StoreContract {
  MailContract(DatabaseServer server) {
    super(server);
  }

  @Test
  void mailsAreDueInOrderAndTakenOnce() {
    Run run = land(start("timers"));
    Mail later = new Mail(Mail.Key.timer(run.id(), 2), NOON.plusSeconds(20), new Mail.TimerDue(2));
    Mail sooner = new Mail(Mail.Key.timer(run.id(), 1), NOON.plusSeconds(10), new Mail.TimerDue(1));
    land(new Samples.Made(run, effects(new Effect.Post(later), new Effect.Post(sooner))));
    assertThat(store.dueMails(10)).isEmpty();
    assertThat(store.nextDue()).contains(NOON.plusSeconds(10));
    clock.forward(Duration.ofSeconds(10));
    assertThat(store.dueMails(10)).containsExactly(sooner);
    clock.forward(Duration.ofSeconds(10));
    assertThat(store.dueMails(10)).containsExactly(sooner, later);
    assertThat(store.dueMails(1)).containsExactly(sooner);

    assertThat(store.commit(List.of(effects(new Effect.Take(sooner.key()))))).containsExactly(new Landed());
    assertThat(store.commit(List.of(effects(new Effect.Take(sooner.key())), effects(new Effect.Take(later.key())))))
        .containsExactly(new Conflict(), new Landed());
    assertThat(store.commit(List.of(effects(new Effect.Unpost(later.key()))))).containsExactly(new Landed());
    assertThat(store.nextDue()).isEmpty();
  }

  @Test
  void mailPostedAgainReplacesTheOldOne() {
    Run run = land(start("moved"));
    Mail.Key key = Mail.Key.timer(run.id(), 1);
    Mail first = new Mail(key, NOON.plusSeconds(5), new Mail.TimerDue(1));
    Mail second = new Mail(key, NOON.plusSeconds(50), new Mail.TimerDue(1));
    land(new Samples.Made(run, effects(new Effect.Post(first))));
    land(new Samples.Made(run, effects(new Effect.Take(key), new Effect.Post(second))));
    assertThat(store.nextDue()).contains(second.due());
    land(new Samples.Made(run, effects(new Effect.Post(first))));
    assertThat(store.nextDue()).contains(first.due());
    land(new Samples.Made(run, effects(new Effect.Post(second), new Effect.Unpost(key))));
    assertThat(store.nextDue()).isEmpty();
  }



  @Test
  void effectAndMailExistIfAndOnlyIfTheUserCommits() throws Exception {
    Run run = land(start("tx"));
    Mail mail = new Mail(Mail.Key.fromOutside(Samples.newId(NS, "x")), NOON, new Mail.StartOther(starting("other")));
    try (var users = database.dataSource().getConnection()) {
      users.setAutoCommit(false);
      store.recordEffect(users, run.id(), 1, Payload.json("\"paid\""));
      store.post(users, mail);
      users.rollback();
      assertThat(store.effectOf(run.id(), 1)).isEqualTo(Optional.empty());
      assertThat(store.dueMails(10)).isEmpty();
      store.recordEffect(users, run.id(), 1, Payload.json("\"paid\""));
      store.post(users, mail);
      users.commit();
      assertThat(store.effectOf(run.id(), 1)).contains(Payload.json("\"paid\""));
      assertThat(store.dueMails(10)).containsExactly(mail);
      org.assertj.core.api.Assertions.assertThatThrownBy(
          () -> store.recordEffect(users, run.id(), 1, Payload.json("\"again\"")))
          .isInstanceOf(java.sql.SQLException.class);
      users.rollback();
    }
  }
}
