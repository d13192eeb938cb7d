package dev.pawl.examples.loyalty;

// tag::interface[]
/** What a customer's account can be told; each method is the signal of its name. */
public interface AccountSignals {
  void purchase(Purchase purchase);

  void close(String why);
}
// end::interface[]
