package dev.pawl.examples.inventory;

/** How many pieces of an article are left. */
public record Stock(int sku, int pieces) {}
