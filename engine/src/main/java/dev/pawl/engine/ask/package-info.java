/**
 * Queries: a question to a program that changes nothing. A question waits on a board until a worker that serves the
 * run's queue and type takes it, preferably the one that has the run in memory, and brings the answer.
 */
@NullMarked
package dev.pawl.engine.ask;

import org.jspecify.annotations.NullMarked;
