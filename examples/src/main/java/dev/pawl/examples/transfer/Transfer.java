package dev.pawl.examples.transfer;

/** Money from one account to another. */
public record Transfer(String from, String to, long cents) {}
