/**
 * What a client asks of the engine: {@code ControlApi} over the lanes and the store. Every mutation is a request that a
 * lane commits; waiting is a look, then a sleep that a commit of this node ends, and a slow look for the commits of
 * others.
 */
@NullMarked
package dev.pawl.engine.control;

import org.jspecify.annotations.NullMarked;
