/**
 * The port to a database: what the engine needs of one, in its own words.
 *
 * <p>{@link dev.pawl.engine.store.Store#commit} is the only way to change a run. Each write carries the version it was
 * decided on; a write whose guards do not hold any more falls out alone and is decided again. Nothing else in here
 * decides anything. The one implementation, for four databases, is {@code dev.pawl.engine.store.sql}.
 */
@NullMarked
package dev.pawl.engine.store;

import org.jspecify.annotations.NullMarked;
