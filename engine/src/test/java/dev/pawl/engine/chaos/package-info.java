/**
 * Whole engines under faults, judged by the checker of the test bed. A scenario is a proxy before a database, an engine
 * behind it, a {@code ChoreWorker}, {@code ChoreClients} that log what they ask and hear, and a list of faults.
 */
package dev.pawl.engine.chaos;
