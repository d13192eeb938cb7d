package dev.pawl.examples.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.value.RejectedException;
import dev.pawl.testkit.TestPawl;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApprovalTest {
  private static final Expense TRAIN = new Expense("eve", 12_000, "max", "ida");
  private final TestPawl pawl = TestPawl.onSqlite().workflow("approval", ApprovalWorkflow::new)
      .mocked("notices", NoticeActivities.class).start();

  @BeforeEach
  void answer() {
    pawl.mock("notices.ask").returns(null);
  }

  @AfterEach
  void close() {
    pawl.close();
  }

  @Test
  void theManagerDecides() {
    // tag::talk[]
    var expense = pawl.client().start("approval", "expense-1", TRAIN);
    String asked = expense.query("asked", String.class);
    Decision decision = expense.update("decide", Decision.class, new Decision(true, "max", "fine"));
    // end::talk[]
    assertThat(asked).isEqualTo("max");
    assertThat(decision.approved()).isTrue();
    assertThat(expense.result(Decision.class)).isEqualTo(decision);
    pawl.mock("notices.ask").wasCalledOnce().wasCalledWith("max");
  }

  // tag::time[]
  @Test
  void theBossIsAskedAfterTwoDays() {
    var expense = pawl.start("approval", "expense-2", TRAIN);
    assertThatThrownBy(() -> expense.update("decide", Decision.class, new Decision(true, "ida", "fine")))
        .isInstanceOf(RejectedException.class).hasMessageContaining("max is asked, not ida");

    pawl.skipTime(Duration.ofDays(2));

    pawl.mock("notices.ask").wasCalled(2).wasCalledWith("ida");
    expense.update("decide", Decision.class, new Decision(false, "ida", "first class?"));
    assertThat(expense.result(Decision.class)).isEqualTo(new Decision(false, "ida", "first class?"));
  }
  // end::time[]

  @Test
  void nobodyAnswers() {
    var expense = pawl.start("approval", "expense-3", TRAIN);
    pawl.skipTime(Duration.ofDays(4));
    assertThat(expense.result(Decision.class)).isEqualTo(new Decision(false, "nobody", "no answer"));
  }

  @Test
  void theEmployeeWithdraws() {
    var expense = pawl.start("approval", "expense-4", TRAIN);
    expense.signal("withdraw", "found the ticket");
    assertThat(expense.result(Decision.class).comment()).isEqualTo("withdrawn: found the ticket");
  }
}
