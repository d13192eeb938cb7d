package dev.pawl.examples.inventory;

/** What an order costs. */
public record Charge(String order, long cents) {}
