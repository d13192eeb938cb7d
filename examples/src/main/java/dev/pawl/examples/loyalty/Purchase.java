package dev.pawl.examples.loyalty;

/** Something that earns points. */
public record Purchase(String id, long cents) {}
