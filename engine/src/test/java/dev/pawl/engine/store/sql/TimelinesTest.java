package dev.pawl.engine.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TimelinesTest {
  private final Timelines timelines = new Timelines();
  private final AtomicInteger forgotten = new AtomicInteger();

  TimelinesTest() {
    timelines.whenNew(forgotten::incrementAndGet);
  }

  @Test
  void theFirstIsNoChangeAndTheNextIs() throws SQLException {
    assertThat(timelines.see(3)).isZero();
    assertThat(timelines.see(3)).isZero();
    assertThat(forgotten).hasValue(0);
    assertThat(timelines.see(4)).isEqualTo(1);
    assertThat(timelines.see(4)).isEqualTo(1);
    assertThat(timelines.changes()).isEqualTo(1);
    assertThat(forgotten).hasValue(1);
  }

  @Test
  void aServerThatWasReplacedIsRefused() throws SQLException {
    timelines.see(2);
    assertThatThrownBy(() -> timelines.see(1)).isInstanceOf(SQLException.class)
        .hasMessageContaining("expected timeline 2, got 1")
        .satisfies(e -> assertThat(new PostgresDialect().classify((SQLException) e)).isEqualTo(Trouble.UNWILLING));
    assertThat(timelines.changes()).isZero();
  }

  @Test
  void epochsOfATimeThatWasLostNeverComeAgain() throws SQLException {
    assertThat(timelines.epochFloor()).isZero();
    timelines.see(1);
    assertThat(timelines.epochFloor()).isZero();
    timelines.see(2);
    assertThat(timelines.epochFloor()).isEqualTo(1L << 32);
    timelines.see(7);
    assertThat(timelines.epochFloor()).isEqualTo(6L << 32);
  }

  @Test
  void aDatabaseThatDoesNotTellHasOne() throws SQLException {
    timelines.see(Dialect.NO_TIMELINE);
    timelines.see(5);
    assertThat(timelines.see(Dialect.NO_TIMELINE)).isZero();
    assertThat(forgotten).hasValue(0);
  }
}
