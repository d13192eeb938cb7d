/** The engine's figures in the meter registry of the application. */
@NullMarked
package dev.pawl.examples.metrics;

import org.jspecify.annotations.NullMarked;
