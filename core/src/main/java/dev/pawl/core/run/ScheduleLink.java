package dev.pawl.core.run;

/** The schedule that started a chain, and that hears of its end. */
public record ScheduleLink(String namespace, String scheduleId) {}
