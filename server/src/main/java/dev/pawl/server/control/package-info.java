/** The control plane's routes: each turns a call into one of {@code ControlApi}'s verbs,
    and the answer into its shape. */
@NullMarked
package dev.pawl.server.control;

import org.jspecify.annotations.NullMarked;
