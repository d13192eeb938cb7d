package dev.pawl.examples.quotes;

/** An offer. */
public record Quote(String carrier, long cents) {}
