/**
 * The rules of Pawl as pure functions. Every change of a run is {@code decide(state, request,
 * now)}, which answers with events and effects and touches nothing: no I/O, no clock, no logger.
 * What is decided here is done once, elsewhere, in one atomic commit. Only the JDK's base module
 * is imported.
 */
@NullMarked
package dev.pawl.core;

import org.jspecify.annotations.NullMarked;
