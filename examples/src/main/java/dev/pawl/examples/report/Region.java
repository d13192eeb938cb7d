package dev.pawl.examples.report;

public record Region(String name) {}
