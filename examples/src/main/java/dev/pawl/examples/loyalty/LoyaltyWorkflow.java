package dev.pawl.examples.loyalty;

import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.SignalChannel;
import dev.pawl.sdk.Workflow;

// tag::workflow[]
/** One customer's account, for as long as there is a customer: an entity, not a process. */
public final class LoyaltyWorkflow implements Workflow<Account, Account> {
  private static final int PURCHASES_PER_RUN = 100;
  private boolean closed;

  private Account account = new Account("", 0);

  @Override
  public Account run(Account opened) {
    account = opened;
    Pawl.onQuery("points", () -> account.points());
    Pawl.onUpdate("redeem", Long.class, this::checkRedeem, points -> (account = account.with(-points)).points());
    Pawl.onSignal("close", String.class, why -> closed = true);

    SignalChannel<Purchase> purchases = Pawl.channel("purchase", Purchase.class);
    for (int taken = 0; taken < PURCHASES_PER_RUN; taken++) {
      Pawl.await(() -> closed || purchases.size() > 0);
      if (purchases.size() == 0) return account; // closed, and nothing left to book
      account = account.with(purchases.receive().cents() / 100);
    }
    Pawl.await(Pawl::handlersDone);
    return Pawl.continueAsNew(account); // a fresh history; purchases still in the channel go along
  }

  private void checkRedeem(long points) {
    if (points <= 0) throw new IllegalArgumentException("expected a positive number of points");
    if (points > account.points()) throw new IllegalArgumentException("only " + account.points() + " points");
  }
}
// end::workflow[]
