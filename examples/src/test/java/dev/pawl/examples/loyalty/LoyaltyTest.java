package dev.pawl.examples.loyalty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.RejectedException;
import dev.pawl.examples.LocalPawl;
import dev.pawl.protocol.control.ControlApi.RunView;
import org.junit.jupiter.api.Test;

class LoyaltyTest {
  @Test
  void booksEveryPurchaseOverManyRuns() {
    try (var pawl = LocalPawl.serving(worker -> worker.workflow("loyalty", LoyaltyWorkflow::new))) {
      var account = pawl.client().start("loyalty", "ann", new Account("ann", 0));
      for (int i = 1; i <= 250; i++) account.signal("purchase-" + i, "purchase", new Purchase("p" + i, 1_000));
      account.signal("purchase-250", "purchase", new Purchase("p250", 1_000)); // received before: nothing
      account.signal("close", "moved away");

      assertThat(account.result(Account.class)).isEqualTo(new Account("ann", 2_500));
      assertThat(pawl.engine().control().runs("default", "ann")).extracting(RunView::status)
          .containsExactly(RunStatus.CONTINUED, RunStatus.CONTINUED, RunStatus.COMPLETED);
    }
  }

  @Test
  void redeemsWhatIsThere() {
    try (var pawl = LocalPawl.serving(worker -> worker.workflow("loyalty", LoyaltyWorkflow::new))) {
      var account = pawl.client().start("loyalty", "bob", new Account("bob", 30));
      assertThat(account.update("redeem", Long.class, 20L)).isEqualTo(10);
      assertThatThrownBy(() -> account.update("redeem", Long.class, 20L))
          .isInstanceOf(RejectedException.class).hasMessageContaining("only 10 points");
      assertThat(account.query("points", Long.class)).isEqualTo(10);
    }
  }
}
