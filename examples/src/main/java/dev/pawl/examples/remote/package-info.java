/** The order saga against an engine in this process and against servers: the same code. */
@NullMarked
package dev.pawl.examples.remote;

import org.jspecify.annotations.NullMarked;
