package dev.pawl.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.ActivityTask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** A decision in one line, for people and for tables. */
final class Summary {
  private Summary() {}

  static String of(Decision<?> decision) {
    return switch (decision) {
      case Decision.Rejected<?> no -> "`" + no.rejection().code().wire() + "`";
      case Decision.Unchanged<?> same ->
          same.answer() instanceof OperateRun.Refused no ? "`" + no.code().wire() + "`" : "same";
      case Decision.Change<?> change -> of(change);
    };
  }

  /**
   * One test for each state: the request is applied, all rules are checked, and the decision is compared with its line
   * in the table, {@code STATE, STATE: summary}.
   */
  static Stream<DynamicTest> inEveryState(Function<World, Request<?>> request, String table) {
    Map<State, String> expected = new LinkedHashMap<>();
    for (String line : table.strip().split("\n")) {
      int colon = line.indexOf(": ");
      for (String state : line.substring(0, colon).split(", ")) {
        assertThat(expected.put(State.valueOf(state.strip()), line.substring(colon + 2))).isNull();
      }
    }
    return Stream.of(State.values()).map(state -> DynamicTest.dynamicTest(state.name(), () -> {
      World world = state.world();
      Request<?> asked = request.apply(world);
      // Mails of other workflows are not in this small world; there must be one to take.
      if (world.decide(asked) instanceof Decision.Change<?> change) {
        for (Effect effect : change.effects()) {
          if (effect instanceof Effect.Take take) {
            world.mails.putIfAbsent(take.key(), new Mail(take.key(), world.now, new Mail.TimerDue(0)));
          }
        }
      }
      assertThat(of(world.submit(asked))).isEqualTo(expected.get(state));
    }));
  }

  private static String of(Decision.Change<?> change) {
    List<String> parts = new ArrayList<>();
    if (!change.events().isEmpty()) parts.add((change.before() == null ? "a new run: " : "") + types(change.events()));
    for (Effect effect : change.effects()) {
      switch (effect) {
        case Effect.OpenTask e -> parts.add("opens activity " + e.task().id().step());
        case Effect.ChangeTask e -> parts.add("activity " + e.task().id().step() + " " + e.task().phase()
            + (e.task().phase() == ActivityTask.Phase.WAITING
                ? " (attempt " + e.task().attempt() + ", losses " + e.task().losses() + ")"
                : ""));
        case Effect.CloseTask e -> parts.add("closes activity " + e.id().step());
        case Effect.Post e -> parts.add("posts " + e.mail().message().getClass().getSimpleName());
        case Effect.BearRun e -> parts.add("a new run: " + types(e.events()) + " → " + e.run().task().phase());
        case Effect.AdmitUpdate e -> parts.add("update " + e.update().updateId() + " " + e.update().phase());
        case Effect.SettleUpdate e -> parts.add("update " + e.updateId() + " " + e.phase());
        case Effect.RejectAdmitted e -> parts.add("rejects waiting updates");
        case Effect.Take e -> {
          if (change.after() == null) parts.add("takes the mail");
        }
        case Effect.Unpost e -> {}
        case Effect.PointChain e -> {}
        case Effect.Remember e -> {}
        case Effect.Note e -> {
          if (e.what().equals("MAIL_UNDELIVERABLE")) parts.add("ledger: " + e.what());
        }
        case Effect.KeepLateReport e -> {}
        case Effect.Audit e -> parts.add(e.line().refused() == null ? "audited" : "audited: `" + e.line().refused().wire() + "`");
      }
    }
    String what = String.join("; ", parts);
    return change.after() == null ? what : what + (what.isEmpty() ? "→ " : " → ") + change.after().task().phase();
  }

  private static String types(List<Event> events) {
    return events.stream().map(e -> e.fact().type()).collect(Collectors.joining(", "));
  }
}
