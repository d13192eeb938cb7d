/** Failures that the program handles, and a verify hook for an effect that must not happen twice. */
@NullMarked
package dev.pawl.examples.payment;

import org.jspecify.annotations.NullMarked;
