package dev.pawl.examples.order;

/** What the buyer gets to know. */
public record Receipt(String orderId, String charge, String tracking) {}
