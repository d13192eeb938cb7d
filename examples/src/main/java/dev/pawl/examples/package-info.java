/**
 * Runnable examples. Each is a test as well, and the guide quotes them, so they cannot rot.
 */
@NullMarked
package dev.pawl.examples;

import org.jspecify.annotations.NullMarked;
