package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.Samples.NS;
import static dev.pawl.engine.store.sql.Samples.done;
import static dev.pawl.engine.store.sql.Samples.grant;
import static dev.pawl.engine.store.sql.Samples.report;
import static dev.pawl.engine.store.sql.Samples.starting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.Run;
import dev.pawl.core.run.Situation;
import dev.pawl.core.run.StartRun;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.SearchValue;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.Visibility;
import dev.pawl.engine.store.Visibility.Field;
import dev.pawl.engine.store.Visibility.Filter;
import dev.pawl.engine.store.Visibility.Op;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Filters and pages give the same answers on every database, whatever a user types. */
class LookingTest {

  private static Store store(DatabaseServer server) {
    Database database = server.fresh();
    return Stores.open(database.jdbcUrl(), database.user(), database.password(), StoreConfig.STANDARD,
        StoreClock.of(new TestClock(NOON)));
  }

  private static Run land(Store store, Samples.Made made) {
    assertThat(store.commit(List.of(made.write()))).containsExactly(new Store.Outcome.Landed());
    return made.run();
  }

  private static Run start(Store store, String workflowId, int second, Map<String, SearchValue> attributes) {
    Instant at = NOON.plusSeconds(second);
    StartRun request = starting(NS, workflowId, Samples.with(Duration.ZERO, 5, attributes), at);
    return land(store, Samples.made(request, Situation.of(null, at)));
  }

  private static List<String> ids(Store store, Filter filter) {
    List<String> ids = store.visibility().list(NS, filter, 100, null).runs().stream()
        .map(Visibility.RunSummary::workflowId).toList();
    assertThat(store.visibility().count(NS, filter)).isEqualTo(ids.size());
    return ids;
  }

  private static Filter field(Field field, Op op, String value) {
    return new Filter.Compare(field, op, new SearchValue.Keyword(value));
  }

  private static Filter attribute(String name, Op op, SearchValue value) {
    return new Filter.Attribute(name, op, value);
  }

  @Everywhere
  void filtersFindTheSameEverywhere(DatabaseServer server) {
    try (Store store = store(server)) {
      Run a = start(store, "order-A", 1, Map.of("city", new SearchValue.Keyword("Köln"), "n", new SearchValue.Int(3)));
      start(store, "order-a", 2, Map.of("city", new SearchValue.Keyword("köln"), "n", new SearchValue.Real(3.5)));
      start(store, "order_b", 3, Map.of("tags", new SearchValue.Keywords(List.of("x", "y")),
          "ok", new SearchValue.Bool(true), "when", new SearchValue.Time(NOON)));
      start(store, "order%c", 4, Map.of("n", new SearchValue.Int(Long.MAX_VALUE), "ok", new SearchValue.Bool(false)));
      start(store, "🐦-order ", 5, Map.of());
      start(store, "🐦-order", 6, Map.of());
      SessionId session = SessionId.random();
      land(store, report(land(store, grant(a, session, NOON.plusSeconds(10))), session, true, done()));

      assertThat(ids(store, new Filter.All())).containsExactly("🐦-order", "🐦-order ", "order%c", "order_b", "order-a",
          "order-A");
      assertThat(ids(store, field(Field.WORKFLOW_ID, Op.EQUAL, "order-A"))).containsExactly("order-A");
      assertThat(ids(store, field(Field.WORKFLOW_ID, Op.EQUAL, "🐦-order"))).containsExactly("🐦-order");
      assertThat(ids(store, field(Field.WORKFLOW_ID, Op.STARTS_WITH, "order_"))).containsExactly("order_b");
      assertThat(ids(store, field(Field.WORKFLOW_ID, Op.STARTS_WITH, "order%"))).containsExactly("order%c");
      assertThat(ids(store, field(Field.WORKFLOW_ID, Op.STARTS_WITH, "🐦-order "))).containsExactly("🐦-order ");
      assertThat(ids(store, field(Field.WORKFLOW_ID, Op.LESS, "order-a")))
          .containsExactly("order%c", "order-A");
      assertThat(ids(store, field(Field.WORKFLOW_TYPE, Op.EQUAL, "Order"))).hasSize(6);
      assertThat(ids(store, field(Field.WORKFLOW_TYPE, Op.EQUAL, "order"))).isEmpty();
      assertThat(ids(store, field(Field.QUEUE, Op.NOT_EQUAL, "main"))).isEmpty();
      assertThat(ids(store, field(Field.STATUS, Op.EQUAL, "COMPLETED"))).containsExactly("order-A");
      assertThat(ids(store, field(Field.STATUS, Op.NOT_EQUAL, "COMPLETED"))).hasSize(5);
      assertThat(ids(store, field(Field.STATUS, Op.EQUAL, "PAUSED"))).isEmpty();
      assertThat(ids(store, field(Field.RUN_ID, Op.EQUAL, a.id().toString()))).containsExactly("order-A");
      assertThat(ids(store, field(Field.RUN_ID, Op.EQUAL, "no id"))).isEmpty();
      assertThat(ids(store, new Filter.Compare(Field.STARTED_AT, Op.LESS_OR_EQUAL,
          new SearchValue.Time(NOON.plusSeconds(2))))).containsExactly("order-a", "order-A");
      assertThat(ids(store, new Filter.Compare(Field.CLOSED_AT, Op.LESS, new SearchValue.Time(Instant.MAX))))
          .containsExactly("order-A");
      assertThat(ids(store, new Filter.Not(new Filter.Compare(Field.CLOSED_AT, Op.LESS,
          new SearchValue.Time(Instant.MAX))))).hasSize(5);

      SearchValue koeln = new SearchValue.Keyword("Köln");
      assertThat(ids(store, attribute("city", Op.EQUAL, koeln))).containsExactly("order-A");
      assertThat(ids(store, attribute("city", Op.NOT_EQUAL, koeln))).containsExactly("order-a");
      assertThat(ids(store, new Filter.Not(attribute("city", Op.EQUAL, koeln)))).hasSize(5);
      assertThat(ids(store, attribute("City", Op.EQUAL, koeln))).isEmpty();
      assertThat(ids(store, attribute("city", Op.STARTS_WITH, new SearchValue.Keyword("kö"))))
          .containsExactly("order-a");
      assertThat(ids(store, attribute("tags", Op.EQUAL, new SearchValue.Keyword("y")))).containsExactly("order_b");
      assertThat(ids(store, attribute("tags", Op.NOT_EQUAL, new SearchValue.Keyword("y")))).isEmpty();
      assertThat(ids(store, attribute("n", Op.EQUAL, new SearchValue.Int(3)))).containsExactly("order-A");
      assertThat(ids(store, attribute("n", Op.GREATER, new SearchValue.Int(3)))).containsExactly("order%c", "order-a");
      assertThat(ids(store, attribute("n", Op.LESS, new SearchValue.Real(3.4)))).containsExactly("order-A");
      assertThat(ids(store, attribute("n", Op.EQUAL, new SearchValue.Int(Long.MAX_VALUE - 1)))).isEmpty();
      assertThat(ids(store, attribute("ok", Op.EQUAL, new SearchValue.Bool(false)))).containsExactly("order%c");
      assertThat(ids(store, attribute("when", Op.EQUAL, new SearchValue.Time(NOON)))).containsExactly("order_b");
      assertThat(ids(store, attribute("n", Op.EQUAL, new SearchValue.Keyword("3")))).isEmpty();
      assertThat(ids(store, new Filter.HasAttribute("ok"))).containsExactly("order%c", "order_b");
      assertThat(ids(store, new Filter.And(List.of()))).hasSize(6);
      assertThat(ids(store, new Filter.Or(List.of()))).isEmpty();
      assertThat(ids(store, new Filter.And(List.of(new Filter.HasAttribute("n"), new Filter.Or(List.of(
          attribute("city", Op.EQUAL, koeln), field(Field.WORKFLOW_ID, Op.EQUAL, "order%c"))))))).
          containsExactly("order%c", "order-A");
      assertThat(store.visibility().list(NS, field(Field.WORKFLOW_ID, Op.EQUAL, "order_b"), 1, null).runs().get(0)
          .searchAttributes()).isEqualTo(Map.of("tags", new SearchValue.Keywords(List.of("x", "y")),
              "ok", new SearchValue.Bool(true), "when", new SearchValue.Time(NOON)));
    }
  }

  @Everywhere
  void nothingAUserTypesBecomesSql(DatabaseServer server) {
    try (Store store = store(server)) {
      List<String> nasty = List.of("' or '1'='1", "'; drop table pawl_runs; --", "\\", "\\'", "%", "_", "\"", "`", "?",
          "{now}",
          "${x}", "/* */", "\n", "ünïcödé", "null", "a\u0000b", "\ud83d");
      Map<String, SearchValue> attributes = new HashMap<>();
      for (int i = 0; i < 15; i++) attributes.put("k" + i, new SearchValue.Keyword(nasty.get(i)));
      Run run = start(store, "plain", 1, attributes);
      assertThat(store.visibility().runsOf(NS, "plain").get(0).searchAttributes()).isEqualTo(attributes);
      for (int i = 0; i < nasty.size(); i++) {
        String text = nasty.get(i);
        assertThat(ids(store, field(Field.WORKFLOW_ID, Op.EQUAL, text))).isEmpty();
        assertThat(ids(store, field(Field.STATUS, Op.EQUAL, text))).isEmpty();
        assertThat(ids(store, field(Field.RUN_ID, Op.EQUAL, text))).isEmpty();
        assertThat(ids(store, new Filter.HasAttribute(text))).isEmpty();
        assertThat(ids(store, attribute(text, Op.EQUAL, new SearchValue.Keyword(text)))).isEmpty();
        assertThat(ids(store, attribute("k" + i, Op.EQUAL, new SearchValue.Keyword(text)))).hasSize(i < 15 ? 1 : 0);
        assertThat(ids(store, attribute("k4", Op.STARTS_WITH, new SearchValue.Keyword(text))))
            .hasSize(text.equals("%") ? 1 : 0);
        assertThat(store.visibility().runsOf(NS, text)).isEmpty();
        assertThat(store.visibility().list(text.equals("\ud83d") || text.contains("\u0000") ? "x" : text,
            new Filter.All(), 5, null).runs()).isEmpty();
      }
      assertThat(store.load(Samples.wanted(run.id())).runs()).hasSize(1);
      assertThatThrownBy(() -> store.visibility().count(NS, field(Field.STATUS, Op.LESS, "x")))
          .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("status");
      assertThatThrownBy(() -> store.visibility().count(NS, attribute("a", Op.STARTS_WITH, new SearchValue.Int(1))))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Everywhere
  void pagesListEachRunOnceWhateverStartsMeanwhile(DatabaseServer server) {
    try (Store store = store(server)) {
      List<String> expected = new ArrayList<>();
      // Several of the same instant, so that the key has to tell them apart.
      for (int i = 0; i < 25; i++) start(store, "run-" + i, i / 5, Map.of());
      store.visibility().list(NS, new Filter.All(), 100, null).runs().forEach(r -> expected.add(r.workflowId()));
      List<String> seen = new ArrayList<>();
      Visibility.Cursor cursor = null;
      int late = 0;
      do {
        Visibility.Page page = store.visibility().list(NS, new Filter.All(), 4, cursor);
        page.runs().forEach(r -> seen.add(r.workflowId()));
        cursor = page.next();
        start(store, "late-" + late++, 100, Map.of());
      } while (cursor != null);
      assertThat(seen).isEqualTo(expected).hasSize(25);
      assertThat(store.visibility().list(NS, new Filter.All(), 100, null).next()).isNull();
      assertThat(store.visibility().list(NS, new Filter.All(), 25 + late, null).next()).isNull();
    }
  }

  @Everywhere
  void upsertedAttributesReplaceTheOldOnes(DatabaseServer server) {
    try (Store store = store(server)) {
      SessionId session = SessionId.random();
      Run run = land(store, grant(start(store, "u", 0, Map.of("a", new SearchValue.Keywords(List.of("1", "2", "3")),
          "b", new SearchValue.Int(1))), session, NOON));
      run = land(store, report(run, session, false, new dev.pawl.core.run.Command.UpsertSearchAttributes(1,
          Map.of("a", new SearchValue.Keyword("4"), "b", new SearchValue.Unset(), "c", new SearchValue.Real(0.5)))));
      assertThat(run.state().searchAttributes()).isEqualTo(
          store.visibility().runsOf(NS, "u").get(0).searchAttributes())
          .isEqualTo(Map.of("a", new SearchValue.Keyword("4"), "c", new SearchValue.Real(0.5)));
    }
  }
}
