/** Waiting for people: an update with validation, a signal, and escalation by timers. */
@NullMarked
package dev.pawl.examples.approval;

import org.jspecify.annotations.NullMarked;
