/**
 * Real databases for the project's own tests. Each server is started once per JVM by the first
 * test that asks for it, on a free port and in a temporary folder, and hands out one empty
 * database per request. A server that cannot be started skips the tests that need it, loudly; it
 * never lets them pass.
 */
@NullMarked
package dev.pawl.testbed;

import org.jspecify.annotations.NullMarked;
