package dev.pawl.examples.loyalty;

/** A customer's points. */
public record Account(String customer, long points) {
  Account with(long more) {
    return new Account(customer, points + more);
  }
}
