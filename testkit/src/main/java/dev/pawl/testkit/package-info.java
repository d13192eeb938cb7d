/**
 * The engine itself and a worker, on SQLite, under a clock the test owns. There is no in-memory
 * store and no second server, so what passes here runs on the same statements as in production.
 */
@NullMarked
package dev.pawl.testkit;

import org.jspecify.annotations.NullMarked;
