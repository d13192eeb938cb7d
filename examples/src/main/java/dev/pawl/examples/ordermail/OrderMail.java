package dev.pawl.examples.ordermail;

/** What a customer is told about an order. */
public record OrderMail(String order, String to, String text) {}
