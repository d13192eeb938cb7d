/** A parent that starts children and waits for all of them. */
@NullMarked
package dev.pawl.examples.dispatch;

import org.jspecify.annotations.NullMarked;
