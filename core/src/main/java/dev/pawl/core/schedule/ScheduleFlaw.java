package dev.pawl.core.schedule;

/**
 * What is wrong with a schedule, or with a request to one.
 *
 * @param field path to the offending field, such as {@code spec.cron_expressions[1]}
 * @param message for people: what was expected, what was found
 */
public record ScheduleFlaw(ScheduleCode code, String field, String message) {}
