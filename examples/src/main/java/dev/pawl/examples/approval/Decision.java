package dev.pawl.examples.approval;

/** What became of an expense. */
public record Decision(boolean approved, String by, String comment) {}
