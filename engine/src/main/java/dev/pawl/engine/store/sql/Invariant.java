package dev.pawl.engine.store.sql;

/**
 * One invariant, asked of a range of rows.
 *
 * @param id in the contract of jobs, or RUN
 * @param sql selects namespace, subject and one detail of every row that breaks it; {@code {range}} is the range of the
 *     area's rows, {@code {bound}} a number of microseconds
 * @param wrong a sentence with the detail for {@code %s}
 * @param proposal how to repair it, with the subject for {@code {id}}
 */
record Invariant(String id, String sql, String wrong, String proposal) {}
