package dev.pawl.engine.store.sql;

import dev.pawl.engine.store.Budgets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Rows of {@code pawl_budgets}. */
final class BudgetRows implements Budgets {
  private static final String SPEND = """
      update pawl_budgets set used = case when minute = ? then used + 1 else 1 end, minute = ?
      where namespace = ? and scope = ? and (minute <> ? or used < ?)""";
  private static final String TAKE_BACK =
      "update pawl_budgets set used = used - 1 where namespace = ? and scope = ?";
  private static final String FIND = "select minute, used from pawl_budgets where namespace = ? and scope = ?";
  private static final String INSERT = "insert into pawl_budgets (namespace, scope, minute, used) values (?, ?, ?, 1)";

  private final Access access;

  BudgetRows(Access access) {
    this.access = access;
  }

  private static long minute(Link link) throws SQLException {
    Instant now = Queues.now(link);
    return Math.floorDiv(now.getEpochSecond(), 60);
  }

  @Override
  public boolean spend(List<Budget> budgets) {
    if (budgets.stream().anyMatch(budget -> budget.most() < 1)) return false;
    // One order for everybody, or two could wait for each other.
    List<Budget> inOrder = budgets.stream()
        .sorted(Comparator.comparing(Budget::namespace).thenComparing(Budget::scope)).toList();
    return access.change(link -> {
      long minute = minute(link);
      List<Budget> spent = new ArrayList<>();
      for (Budget budget : inOrder) {
        if (!spend(link, budget, minute)) {
          for (Budget one : spent) takeBack(link, one);
          return false;
        }
        spent.add(budget);
      }
      return true;
    });
  }

  private static boolean spend(Link link, Budget budget, long minute) throws SQLException {
    try (Call call = link.sql(SPEND)) {
      int changed = call.number(minute).number(minute).text(budget.namespace()).text(budget.scope()).number(minute)
          .number(budget.most()).update();
      if (changed > 0) return true;
    }
    try (Call call = link.sql(FIND)) {
      if (call.text(budget.namespace()).text(budget.scope()).first(Row::number) != null) return false;
    }
    // Whoever is faster makes this a duplicate, and the whole is tried again.
    try (Call call = link.sql(INSERT)) {
      call.text(budget.namespace()).text(budget.scope()).number(minute).update();
      return true;
    }
  }

  private static void takeBack(Link link, Budget budget) throws SQLException {
    try (Call call = link.sql(TAKE_BACK)) {
      call.text(budget.namespace()).text(budget.scope()).update();
    }
  }

  @Override
  public long used(String namespace, String scope) {
    return access.read(link -> {
      long minute = minute(link);
      try (Call call = link.sql(FIND)) {
        Long used = call.text(namespace).text(scope).first(row -> row.number() == minute ? row.number() : 0L);
        return used == null ? 0L : used;
      }
    });
  }
}
