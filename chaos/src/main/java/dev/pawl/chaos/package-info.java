/** {@code ./pawl chaos}: rounds of faults, one after another, with a verdict at the end. */
@NullMarked
package dev.pawl.chaos;

import org.jspecify.annotations.NullMarked;
