package dev.pawl.examples.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.examples.approval.ApprovalWorkflow;
import dev.pawl.examples.approval.Decision;
import dev.pawl.examples.approval.Expense;
import dev.pawl.examples.approval.NoticeActivities;
import dev.pawl.testkit.PawlExtension;
import dev.pawl.testkit.TestPawl;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

// tag::extension[]
class ExtensionTest {
  @RegisterExtension
  static final PawlExtension PAWL = PawlExtension.with(() -> TestPawl.onSqlite()
      .workflow("approval", ApprovalWorkflow::new)
      .activities("notices", NoticeActivities.class, (person, expense) -> {}));

  @Test
  void nobodyAnswers(TestPawl pawl) {
    var expense = pawl.start("approval", "expense-3", new Expense("eve", 12_000, "max", "ida"));
    pawl.skipTime(Duration.ofDays(4));
    assertThat(expense.result(Decision.class).approved()).isFalse();
  }
}
// end::extension[]
