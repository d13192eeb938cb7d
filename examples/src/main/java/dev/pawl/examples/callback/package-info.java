/** An activity that a person finishes, days later, by token. */
@NullMarked
package dev.pawl.examples.callback;

import org.jspecify.annotations.NullMarked;
