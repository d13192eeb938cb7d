/** The smallest workflow: two steps and a wait, and the program that runs it. */
@NullMarked
package dev.pawl.examples.hello;

import org.jspecify.annotations.NullMarked;
