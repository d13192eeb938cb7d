package dev.pawl.examples.order;

/** What somebody wants to buy. @param cents price of all of it */
public record Order(String id, String item, int quantity, long cents) {}
