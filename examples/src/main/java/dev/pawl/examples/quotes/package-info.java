/** Several calls at once, the first answer wins, and the rest is called off. */
@NullMarked
package dev.pawl.examples.quotes;

import org.jspecify.annotations.NullMarked;
