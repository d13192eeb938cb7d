package dev.pawl.examples.dispatch;

import java.util.List;

/** What leaves today. */
public record Dispatch(List<String> parcels) {}
