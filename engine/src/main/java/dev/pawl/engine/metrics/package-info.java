/**
 * What the engine tells about itself. A small interface that a host maps to whatever it measures with; the engine has
 * no metrics library.
 */
@NullMarked
package dev.pawl.engine.metrics;

import org.jspecify.annotations.NullMarked;
