/** Asking a service that never calls back, ever more rarely, without holding anything in between. */
@NullMarked
package dev.pawl.examples.polling;

import org.jspecify.annotations.NullMarked;
