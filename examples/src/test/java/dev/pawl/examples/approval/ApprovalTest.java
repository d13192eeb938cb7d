package dev.pawl.examples.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.value.RejectedException;
import dev.pawl.examples.LocalPawl;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ApprovalTest {
  private static final Expense TRAIN = new Expense("eve", 12_000, "max", "ida");
  private final List<String> asked = new CopyOnWriteArrayList<>();

  @Test
  void theManagerDecides() {
    try (var pawl = pawl()) {
      // tag::talk[]
      var expense = pawl.client().start("approval", "expense-1", TRAIN);
      Decision decision = expense.update("decide", Decision.class, new Decision(true, "max", "fine"));
      String asked = expense.query("asked", String.class);
      // end::talk[]
      assertThat(decision.approved()).isTrue();
      assertThat(asked).isEqualTo("max");
      assertThat(expense.result(Decision.class)).isEqualTo(new Decision(true, "max", "fine"));
    }
  }

  @Test
  void theBossIsAskedAfterTwoDays() {
    try (var pawl = pawl()) {
      var expense = pawl.client().start("approval", "expense-2", TRAIN);
      LocalPawl.await(() -> asked.contains("max"));
      assertThatThrownBy(() -> expense.update("decide", Decision.class, new Decision(true, "ida", "fine")))
          .isInstanceOf(RejectedException.class).hasMessageContaining("max is asked, not ida");

      pawl.skip(Duration.ofDays(2));
      LocalPawl.await(() -> asked.contains("ida"));
      expense.update("decide", Decision.class, new Decision(false, "ida", "first class?"));
      assertThat(expense.result(Decision.class)).isEqualTo(new Decision(false, "ida", "first class?"));
    }
  }

  @Test
  void nobodyAnswers() {
    try (var pawl = pawl()) {
      var expense = pawl.client().start("approval", "expense-3", TRAIN);
      pawl.skip(Duration.ofDays(2));
      LocalPawl.await(() -> asked.contains("ida"));
      pawl.skip(Duration.ofDays(2));
      assertThat(expense.result(Decision.class)).isEqualTo(new Decision(false, "nobody", "no answer"));
    }
  }

  @Test
  void theEmployeeWithdraws() {
    try (var pawl = pawl()) {
      var expense = pawl.client().start("approval", "expense-4", TRAIN);
      expense.signal("withdraw", "found the ticket");
      assertThat(expense.result(Decision.class).comment()).isEqualTo("withdrawn: found the ticket");
    }
  }

  private LocalPawl pawl() {
    NoticeActivities notices = (person, expense) -> asked.add(person);
    return LocalPawl.serving(worker -> worker
        .workflow("approval", ApprovalWorkflow::new)
        .activities("notices", NoticeActivities.class, notices));
  }
}
