package dev.pawl.sdk.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.task.LeaseTimings;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Activity;
import dev.pawl.sdk.Children;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Retry;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.failure.ApplicationException;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.sdk.worker.WorkerBuilder;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every program is made of, on every database. */
@Timeout(180)
@ParameterizedClass(name = "{0} {1}")
@MethodSource("servers")
class EverywhereTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  /** Leases that nobody loses because the machine is busy. */
  private static final LeaseTimings LONG = new LeaseTimings(Duration.ofSeconds(1), Duration.ofSeconds(60),
      Duration.ofSeconds(20), Duration.ofMillis(200), Duration.ofSeconds(60));
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private final Place place;

  EverywhereTest(DatabaseServer server, Line line) {
    place = new Place(server, line, config -> {
      config.leases = LONG;
      config.clock = () -> Instant.now().plus(ahead.get());
    });
  }

  static Stream<Arguments> servers() {
    // Over HTTP on SQLite: the other classes here.
    return Stream.of(Arguments.of(Databases.sqlite(), Line.EMBEDDED), Arguments.of(Databases.postgres(), Line.EMBEDDED),
        Arguments.of(Databases.postgres(), Line.HTTP), Arguments.of(Databases.mariadb(), Line.EMBEDDED));
  }

  @AfterEach
  void close() {
    place.close();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = place.database.dataSource().getConnection(); var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void anotherWorkerGoesOnWhereOneDied() throws Exception {
    List<String> effects = new CopyOnWriteArrayList<>();
    CountDownLatch inActivity = new CountDownLatch(1);
    Consumer<WorkerBuilder> serving = with -> with
        .activity("charge", String.class, order -> {
          effects.add("charge");
          inActivity.countDown();
          if (Activity.context().task().losses() == 0) new CountDownLatch(1).await();
          return "charged";
        })
        .workflow("order", String.class, order -> {
          String reserved = Pawl.step("reserve", () -> {
            effects.add("reserve");
            return "reserved";
          });
          return reserved + ", " + Activities.call("charge", opts -> {}, String.class, order);
        });
    Worker first = place.worker(serving);
    WorkflowHandle run = place.client.start("order", "order-1", "42");
    assertThat(inActivity.await(60, TimeUnit.SECONDS)).isTrue();
    first.abandon();
    ahead.set(LONG.leaseTime());
    place.worker(serving);
    assertThat(run.result(String.class, SOON)).isEqualTo("reserved, charged");
    assertThat(effects).containsExactly("reserve", "charge", "charge");
  }

  static final class Entity implements Workflow<Integer, Integer> {
    private int sum;

    @Override
    public Integer run(Integer before) {
      sum = before;
      Pawl.onSignal("add", Integer.class, n -> sum += n);
      Pawl.onUpdate("take", Integer.class, n -> {
        if (n > sum) throw new IllegalArgumentException("only " + sum);
      }, n -> sum -= n);
      Pawl.onQuery("sum", () -> sum);
      Pawl.await(() -> sum >= 10);
      if (before > 0) return Children.stub(Doubled.class).run(sum);
      Pawl.await(Pawl::handlersDone);
      Pawl.sleep(Duration.ofMillis(20));
      return Pawl.continueAsNew(sum - 9);
    }
  }

  static final class Doubled implements Workflow<Integer, Integer> {
    @Override
    public Integer run(Integer n) {
      return 2 * Activities.call("same",
          opts -> opts.retry(Retry.every(Duration.ofMillis(10)).attempts(3)), Integer.class, n);
    }
  }

  @Test
  void messagesTimersChildrenRetriesAndContinueAsNew() {
    for (int cached : new int[] {0, 100}) {
      Worker worker = place.worker(with -> with.settings(set -> set.cachedRuns = cached)
          .workflow("entity", Entity::new)
          .workflow("doubled", Doubled::new)
          .activity("same", Integer.class, n -> {
            if (Activity.context().attempt() < 3) throw ApplicationException.of("Busy", "try again");
            return n;
          }));
      WorkflowHandle run = place.client.start("entity", "entity-" + cached, 0);
      run.signal("add", 5);
      assertThat(run.update("take", Integer.class, 2)).isEqualTo(3);
      assertThat(run.query("sum", Integer.class)).isEqualTo(3);
      assertThatThrownBy(() -> run.update("take", Integer.class, 7)).isInstanceOfSatisfying(RejectedException.class,
          e -> assertThat(e.code()).isEqualTo(Rejection.Code.UPDATE_REJECTED));
      assertThat(run.signal("once", "add", 7)).isTrue();
      assertThat(run.signal("once", "add", 7)).isFalse();
      // The next run began with the 1 that was too much.
      run.signal("add", 20);
      assertThat(run.result(Integer.class, SOON)).isIn(42, 2 * 21);
      assertThat(place.client.control().runs("default", "entity-" + cached)).hasSize(2);
      worker.close(Duration.ofSeconds(1));
    }
  }

  @Test
  void aTransactionalStepCommitsWithItsResult() throws Exception {
    if (place.isRemote()) {
      place.refusesTransactions();
      return;
    }
    execute("create table money (name varchar(20) primary key, cents integer not null)");
    execute("insert into money values ('ann', 10)");
    place.worker(with -> with.workflow("it", Integer.class, n -> Pawl.transaction("add", connection -> {
      try (var statement = connection.createStatement()) {
        statement.executeUpdate("update money set cents = cents + 5 where name = 'ann'");
        var row = statement.executeQuery("select cents from money where name = 'ann'");
        row.next();
        return row.getInt(1) + n;
      }
    })));
    assertThat(place.client.start("it", "tx", 100).result(Integer.class, SOON)).isEqualTo(115);
  }

  @Test
  void startsAndSignalsInTheCallersTransactionHappenIfItCommits() throws Exception {
    if (place.isRemote()) {
      place.refusesTransactions();
      return;
    }
    execute("create table money (name varchar(20) primary key, cents integer not null)");
    place.worker(with -> with.workflow("it", String.class,
        input -> input + " " + Pawl.receive("word", String.class, SOON).orElse("silence")));
    WorkflowHandle run = null;
    WorkflowHandle again = null;
    for (String end : List.of("rollback", "commit")) {
      try (Connection connection = place.database.dataSource().getConnection()) {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
          statement.executeUpdate("insert into money values ('ann', 10)");
        }
        var joined = place.client.inTransaction(connection);
        run = joined.start("it", end, "hello", opts -> opts.memo("because", end));
        again = joined.start("it", end + " again", "bye", opts -> opts.withSignal("word", "now"));
        if (end.equals("commit")) connection.commit();
        else connection.rollback();
      }
    }
    assertThat(again.result(String.class, SOON)).isEqualTo("bye now");
    try (Connection connection = place.database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      place.client.inTransaction(connection).signal("commit", "word", "world");
      connection.commit();
    }
    assertThat(run.result(String.class, SOON)).isEqualTo("hello world");
    assertThat(run.describe().memo().get("because").text()).isEqualTo("\"commit\"");
    assertThat(place.client.list("").map(it -> it.workflowId())).containsExactlyInAnyOrder("commit", "commit again");
  }
}
