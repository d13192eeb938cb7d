package dev.pawl.testbed.check;

import java.util.List;

/**
 * What a checker found.
 *
 * @param invariants that were checked
 * @param histories how many were read
 * @param events how many were in them
 */
public record Findings(List<Invariant> invariants, long histories, long events, List<Violation> violations) {}
