package dev.pawl.testkit.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Activity;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.Workflow;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ExploreTest {
  interface Bank {
    void deposit(String to, int amount);
  }

  /** Takes money by a step, gives it by an activity. */
  static final class Transfer implements Workflow<Integer, String> {
    private final Bank bank = Activities.stub(Bank.class, opts -> opts.name("bank").startToClose(Duration.ofMinutes(1)));
    private final Effects effects;
    private final boolean careful;

    Transfer(Effects effects, boolean careful) {
      this.effects = effects;
      this.careful = careful;
    }

    @Override
    public String run(Integer amount) {
      Pawl.step("withdraw", () -> {
        if (careful) effects.once(Step.context().idempotencyKey(), "withdraw " + amount);
        else effects.add("withdraw " + amount);
      });
      bank.deposit("joe", amount);
      return "done";
    }
  }

  private static Explore transfer(boolean carefulStep, boolean carefulActivity) {
    return Explore.workflow("transfer").input(5).serving((worker, effects) -> worker
        .workflow("transfer", () -> new Transfer(effects, carefulStep))
        .activities("bank", Bank.class, (to, amount) -> {
          String what = "deposit " + to + " " + amount;
          if (carefulActivity) effects.once(Activity.context().idempotencyKey(), what);
          else effects.add(what);
        }));
  }

  @Test
  void aCorrectWorkflowSurvivesEverything() {
    Explore.Explored explored = transfer(true, true)
        .check(end -> end.completed().effectsAre("withdraw 5", "deposit joe 5")).passes();
    assertThat(explored.points()).containsExactly("step 1:withdraw/1", "report RecordStep 1 ScheduleActivity 2",
        "activity 2:bank.deposit/1", "completeActivity 2/1", "report CompleteRun");
    assertThat(explored.schedules()).isGreaterThan(30);
    assertThat(explored.happened()).isGreaterThan(explored.schedules() * 3 / 4);
  }

  @Test
  void aStepThatIsNotIdempotentIsFound() {
    Explore.Explored explored = transfer(false, true).explore();
    assertThat(explored.broken()).isEqualTo("crash-after step 1:withdraw/1");
    assertThat(explored.report()).contains("'withdraw 5' happened 2 times")
        .contains(".replay(\"crash-after step 1:withdraw/1\")")
        .contains("StepCompleted");
    assertThatThrownBy(() -> transfer(false, true).replay(explored.broken())).isInstanceOf(AssertionError.class)
        .hasMessageContaining("happened 2 times");
    transfer(true, true).replay(explored.broken());
  }

  @Test
  void anActivityThatIsNotIdempotentIsFound() {
    assertThatThrownBy(() -> transfer(true, false).passes()).isInstanceOf(AssertionError.class)
        .hasMessageContaining("crash-after activity 2:bank.deposit/1")
        .hasMessageContaining("'deposit joe 5' happened 2 times");
  }

  /** Cancels an order when the signal comes, but ships it anyway if it comes at the wrong moment. */
  static final class Hasty implements Workflow<Integer, String> {
    private final Effects effects;
    private boolean cancelled;

    Hasty(Effects effects) {
      this.effects = effects;
    }

    @Override
    public String run(Integer amount) {
      Pawl.onSignal("cancel", Boolean.class, yes -> cancelled = yes);
      Pawl.await(() -> cancelled, Duration.ofMinutes(10));
      if (cancelled) return "cancelled";
      Pawl.step("ship", () -> effects.add("ship"));
      Pawl.sleep(Duration.ofMinutes(1));
      if (cancelled) Pawl.step("refund", () -> effects.add("refund"));
      return "shipped";
    }
  }

  @Test
  void aSignalAtTheWrongMomentIsFound() {
    Explore.Explored explored = Explore.workflow("hasty").input(1)
        .serving((worker, effects) -> worker.workflow("hasty", () -> new Hasty(effects)))
        .signal("cancel", true)
        .check(end -> {
          if (end.effects().all().contains("refund")) throw new AssertionError("shipped and refunded");
        }).explore();
    assertThat(explored.broken()).isEqualTo("signal-at 0 step 2:ship/1");
    assertThat(explored.report()).contains("shipped and refunded");
  }

  @Test
  void schedulesReadBack() {
    String text = "crash-after step 1:withdraw/1; signal-before-due 0 3; late report CompleteRun";
    assertThat(Schedule.parse(text)).hasToString(text);
    assertThatThrownBy(() -> Schedule.parse("explode here")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFrozenWorkerGoesOnBehindTheBackOfTheOther() {
    transfer(true, true).replay("frozen step 1:withdraw/1");
    transfer(true, true).replay("frozen activity 2:bank.deposit/1");
    assertThatThrownBy(() -> transfer(true, false).replay("frozen activity 2:bank.deposit/1"))
        .isInstanceOf(AssertionError.class).hasMessageContaining("'deposit joe 5' happened 2 times");
    assertThatThrownBy(() -> transfer(false, true).replay("frozen step 1:withdraw/1"))
        .isInstanceOf(AssertionError.class).hasMessageContaining("'withdraw 5' happened 2 times");
  }
}
