package dev.pawl.engine.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.engine.store.Budgets;
import dev.pawl.engine.store.Budgets.Budget;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** What all nodes together may do in a minute. */
class BudgetRowsTest {
  private final TestClock clock = new TestClock(Samples.NOON);

  private Store store(Database database) {
    return Stores.open(database.jdbcUrl(), database.user(), database.password(), StoreConfig.STANDARD,
        StoreClock.of(clock));
  }

  @Everywhere
  void aBudgetIsSpentAndComesBackWithTheNextMinute(DatabaseServer server) {
    try (Store store = store(server.fresh())) {
      Budgets budgets = store.budgets();
      Budget two = new Budget("default", "queue q", 2);
      assertThat(budgets.used("default", "queue q")).isZero();
      assertThat(budgets.spend(List.of(two))).isTrue();
      assertThat(budgets.spend(List.of(two))).isTrue();
      assertThat(budgets.spend(List.of(two))).isFalse();
      assertThat(budgets.used("default", "queue q")).isEqualTo(2);
      assertThat(budgets.spend(List.of(new Budget("other", "queue q", 1)))).as("another namespace's").isTrue();
      clock.forward(Duration.ofMinutes(1));
      assertThat(budgets.used("default", "queue q")).isZero();
      assertThat(budgets.spend(List.of(two))).isTrue();
      assertThat(budgets.spend(List.of(new Budget("default", "none", 0)))).isFalse();
    }
  }

  @Everywhere
  void oneThatIsUsedUpCostsTheOthersNothing(DatabaseServer server) {
    try (Store store = store(server.fresh())) {
      Budgets budgets = store.budgets();
      Budget a = new Budget("default", "a", 5);
      Budget b = new Budget("default", "b", 1);
      assertThat(budgets.spend(List.of(b, a))).isTrue();
      assertThat(budgets.spend(List.of(b, a))).isFalse();
      assertThat(budgets.used("default", "a")).isEqualTo(1);
      assertThat(budgets.used("default", "b")).isEqualTo(1);
    }
  }

  /** Two nodes, many hands, no row to begin with: never one too many. */
  @Everywhere
  void nodesDoNotSpendMoreThanThereIs(DatabaseServer server) throws Exception {
    Database database = server.fresh();
    AtomicInteger spent = new AtomicInteger();
    try (Store one = store(database); Store two = store(database);
        ExecutorService hands = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 40; i++) {
        Store store = i % 2 == 0 ? one : two;
        hands.execute(() -> {
          if (store.budgets().spend(List.of(new Budget("default", "s", 17), new Budget("default", "t", 30)))) {
            spent.incrementAndGet();
          }
        });
      }
    }
    assertThat(spent).hasValue(17);
  }
}
