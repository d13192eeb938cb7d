package dev.pawl.examples.loyalty;

/** Who buys what. */
public record Checkout(String customer, Purchase purchase) {}
