package dev.pawl.examples.loyalty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.RejectedException;
import dev.pawl.protocol.control.ControlApi.RunView;
import dev.pawl.testkit.TestPawl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoyaltyTest {
  private final TestPawl pawl = TestPawl.onSqlite()
      .workflow("loyalty", LoyaltyWorkflow::new)
      .workflow("checkout", CheckoutWorkflow::new)
      .start();

  @AfterEach
  void close() {
    pawl.close();
  }

  @Test
  void booksEveryPurchaseOverManyRuns() {
    var account = pawl.start("loyalty", "ann", new Account("ann", 0));
    for (int i = 1; i <= 250; i++) account.signal("purchase-" + i, "purchase", new Purchase("p" + i, 1_000));
    account.signal("purchase-250", "purchase", new Purchase("p250", 1_000)); // received before: nothing
    account.signal("close", "moved away");

    assertThat(account.result(Account.class)).isEqualTo(new Account("ann", 2_500));
    assertThat(pawl.control().runs("default", "ann")).extracting(RunView::status)
        .containsExactly(RunStatus.CONTINUED, RunStatus.CONTINUED, RunStatus.COMPLETED);
  }

  @Test
  void anotherWorkflowTellsOfAPurchase() {
    var account = pawl.start("loyalty", "eve", new Account("eve", 0));
    pawl.start("checkout", "checkout-1", new Checkout("eve", new Purchase("p1", 4_200))).result(Void.class);
    account.as(AccountSignals.class).close("moved away");
    assertThat(account.result(Account.class)).isEqualTo(new Account("eve", 42));
  }

  @Test
  void redeemsWhatIsThere() {
    var account = pawl.start("loyalty", "bob", new Account("bob", 30));
    assertThat(account.update("redeem", Long.class, 20L)).isEqualTo(10);
    assertThatThrownBy(() -> account.update("redeem", Long.class, 20L))
        .isInstanceOf(RejectedException.class).hasMessageContaining("only 10 points");
    assertThat(account.query("points", Long.class)).isEqualTo(10);
  }
}
