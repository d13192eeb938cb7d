package dev.pawl.examples.approval;

/** Money that somebody wants back. @param boss who is asked when the manager does not answer */
public record Expense(String employee, long cents, String manager, String boss) {}
