/**
 * The engine as a service: puts configuration, access, routes and the listener together. What is asked over HTTP goes to
 * the engine's two interfaces; nothing is decided here.
 */
@NullMarked
package dev.pawl.server;

import org.jspecify.annotations.NullMarked;
