package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.DatabaseServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** More comes to a run than its program looks at. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class UnreadTest extends EngineFixture {
  /** The two events that a run begins with are unread, too. */
  private static final int LIMIT = 12;

  UnreadTest(DatabaseServer server) {
    super(server);
  }

  private ControlApi limited() {
    return engine(config -> config.lanes = config.lanes.withUnread(LIMIT)).control();
  }

  private static ControlApi.Message message(String id) {
    return new ControlApi.Message(id, "add", Payload.json("1"), Map.of());
  }

  private static boolean taken(ControlApi control, String id) {
    try {
      return control.signal(ref("w"), message(id));
    } catch (RejectedException e) {
      assertThat(e.code()).isEqualTo(Code.INBOX_FULL);
      return false;
    }
  }

  private List<WorkerApi.WorkflowTaskGrant> look(Hand hand) {
    List<WorkerApi.WorkflowTaskGrant> grants = hand.runs(10);
    for (var grant : grants) hand.report(grant.token(), Hand.last(grant.events()), true);
    return grants;
  }

  @Test
  @DisplayName("Q3: beyond its budget a run takes no messages, lives on, and takes them when its program has looked")
  void whatIsTooMuchIsRefusedAndCountsOnceLater() {
    ControlApi limited = limited();
    limited.start(start("w"));
    for (int i = 0; i < LIMIT - 2; i++) assertThat(taken(limited, "s-" + i)).isTrue();
    List<String> full = history("w");
    assertRejected(Code.INBOX_FULL, () -> limited.signal(ref("w"), message("more")));
    assertRejected(Code.INBOX_FULL, () -> limited.update(ref("w"), message("u")));
    assertRejected(Code.INBOX_FULL, () -> limited.start(new ControlApi.Start("default", "w", "Order", "q", null,
        StartOptions.PLAIN, ReusePolicy.ALLOW, ConflictPolicy.USE_EXISTING, null, message("more"), null)));
    assertThat(limited.signal(ref("w"), message("s-3"))).as("it came before").isFalse();
    assertThat(history("w")).isEqualTo(full);
    assertThat(limited.describe(ref("w")).status()).isEqualTo(RunStatus.RUNNING);
    limited.start(start("other"));
    limited.signal(ref("other"), message("s"));

    look(new Hand(pawl));
    assertThat(taken(limited, "more")).isTrue();
    assertThat(taken(limited, "more")).as("and once").isFalse();
    assertThat(history("w")).hasSize(full.size() + 1);
  }

  @Test
  @DisplayName("Q3: many senders on two nodes never get in more than the budget, and each of them in the end")
  void manySendersOnTwoNodesKeepToIt() throws Exception {
    List<ControlApi> nodes = List.of(limited(), limited());
    nodes.getFirst().start(start("w"));
    int senders = 40;
    Set<String> in = ConcurrentHashMap.newKeySet();
    var hand = new Hand(pawl);
    while (in.size() < senders) {
      long before = history("w").size();
      var barrier = new CyclicBarrier(senders);
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < senders; i++) {
          String id = "s-" + i;
          ControlApi node = nodes.get(i % 2);
          all.add(threads.submit(() -> {
            barrier.await();
            if (taken(node, id)) assertThat(in.add(id)).as(id + " is taken once").isTrue();
            return null;
          }));
        }
        for (Future<?> one : all) one.get();
      }
      assertThat(history("w")).hasSize(2 + in.size());
      assertThat(history("w").size() - before).isBetween(1L, (long) LIMIT);
      look(hand);
    }
    assertThat(history("w")).hasSize(2 + senders);
  }
}
