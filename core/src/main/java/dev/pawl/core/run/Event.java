package dev.pawl.core.run;

import java.time.Instant;

/**
 * A fact of a run at its place in history.
 *
 * @param seq 1, 2, 3 ... without holes
 * @param at when it was decided; never before the event in front of it; microseconds
 * @param seen for an event written by the worker: the number of the last event its program had been shown; 0 for an
 *     event from outside. Replay shows outside events to the program exactly there.
 * @param fact what happened
 */
public record Event(long seq, Instant at, long seen, RunEvent fact) {}
