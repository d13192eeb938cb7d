/**
 * Queries: a question to a program that changes nothing. A question waits on this node's board for a worker that serves
 * the run's queue and type, preferably the one that has the run in memory. If none takes it at once it is put up in the
 * database, where the workers of other nodes find it; what is up there is taken there only, so nobody is asked twice.
 */
@NullMarked
package dev.pawl.engine.ask;

import org.jspecify.annotations.NullMarked;
