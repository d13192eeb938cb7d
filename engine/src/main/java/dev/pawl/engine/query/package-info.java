/**
 * The small language in which runs are searched: {@code WorkflowType = 'Order' and Priority >= 5}. docs/guide/queries.md is
 * the manual.
 *
 * <p>{@link dev.pawl.engine.query.Query#parse} turns text into a {@link dev.pawl.engine.store.Visibility.Filter}, a tree
 * that stores turn into SQL with parameters: nothing of the text ever becomes part of a statement. Tokens, then recursive
 * descent; both are bounded, so that no text can cost more than its length. Every mistake is a rejection
 * {@code invalid_argument} that shows the place.
 */
@NullMarked
package dev.pawl.engine.query;

import org.jspecify.annotations.NullMarked;
