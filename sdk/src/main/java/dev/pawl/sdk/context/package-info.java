/**
 * Context that travels along: trace, tenant, user. A carrier captures what the caller has, the headers of runs, activities
 * and signals take it to the other side, and there it is in effect while the user's code runs.
 */
@NullMarked
package dev.pawl.sdk.context;

import org.jspecify.annotations.NullMarked;
