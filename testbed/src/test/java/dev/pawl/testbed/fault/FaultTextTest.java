package dev.pawl.testbed.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FaultTextTest {

  @Test
  void readsWhatItWrote() {
    for (Fault fault : List.of(
        Fault.cutBeforeCommit(new When.Nth(3)),
        Fault.cutAfterCommit(new When.Every(50)),
        Fault.cutAfterCommit(new When.Chance(0.25, 42)),
        Fault.lateCommit(new When.Nth(1), Duration.ofSeconds(2)),
        Fault.stallCommit(new When.Every(1)),
        new Fault.Delay(Direction.TO_SERVER, Duration.ofMillis(200), Duration.ofMillis(50), 7),
        Fault.freeze(Direction.BOTH),
        Fault.drop(Direction.TO_CLIENT),
        Fault.truncate(Direction.TO_CLIENT, 100),
        Fault.refuse(),
        Fault.reset(),
        Fault.finish())) {
      assertThat(Fault.parse(fault.text())).isEqualTo(fault);
      assertThat(fault.text()).startsWith(fault.name());
    }
  }

  @Test
  void saysWhatItDoesNotUnderstand() {
    assertThatThrownBy(() -> Fault.parse("earthquake")).hasMessage("no such fault: 'earthquake'");
    assertThatThrownBy(() -> Fault.parse("refuse now=1")).hasMessage("'refuse now=1' does not know [now]");
    assertThatThrownBy(() -> Fault.parse("late-commit nth=1")).hasMessage("expected hold=... in 'late-commit nth=1'");
    assertThatThrownBy(() -> Fault.parse("drop both")).hasMessage("expected key=value, got 'both' in 'drop both'");
  }

  @Test
  void aSeedHitsTheSameCommits() {
    assertThat(hits(new When.Chance(0.3, 5))).isEqualTo(hits(new When.Chance(0.3, 5))).hasSizeBetween(10, 60)
        .isNotEqualTo(hits(new When.Chance(0.3, 6)));
    assertThat(hits(new When.Nth(4))).containsExactly(4);
    assertThat(hits(new When.Every(40))).containsExactly(40, 80);
  }

  private static List<Integer> hits(When when) {
    var question = when.counting();
    return IntStream.rangeClosed(1, 100).filter(i -> question.getAsBoolean()).boxed().toList();
  }

  @Test
  void seesWhatAStatementDoesToItsTransaction() {
    assertThat(Sql.kinds("insert into a values (';'); -- update\n COMMIT AND CHAIN; select 1;"))
        .containsExactly(Sql.Kind.WRITE, Sql.Kind.COMMIT_AND_CHAIN, Sql.Kind.OTHER);
    assertThat(Sql.kinds("with x as (select 1) select * from x for update")).containsExactly(Sql.Kind.OTHER);
    assertThat(Sql.kinds("select * from x for no key update skip locked")).containsExactly(Sql.Kind.OTHER);
    assertThat(Sql.kinds("/* why */ with x as (delete from a where b = $1 returning *) select * from x"))
        .containsExactly(Sql.Kind.WRITE);
    assertThat(Sql.kinds("select $x$ insert $x$, $1, `delete`, 'it''s', \"merge\" # update"))
        .containsExactly(Sql.Kind.OTHER);
    assertThat(Sql.kinds("START TRANSACTION; rollback to savepoint a; set autocommit=0; set autocommit = on; abort"))
        .containsExactly(Sql.Kind.BEGIN, Sql.Kind.OTHER, Sql.Kind.AUTOCOMMIT_OFF, Sql.Kind.AUTOCOMMIT_ON,
            Sql.Kind.ROLLBACK);
  }
}
