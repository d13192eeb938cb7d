/** Hints between the nodes on one database, by way of Redis. */
@NullMarked
package dev.pawl.redis;

import org.jspecify.annotations.NullMarked;
