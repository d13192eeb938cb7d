/**
 * Those who ask: they log what they ask and hear, ask again under the same id until they know, and compare every answer
 * with the one that must come.
 */
@NullMarked
package dev.pawl.chaos.client;

import org.jspecify.annotations.NullMarked;
