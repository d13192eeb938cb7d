/**
 * The small values everything is made of: payload bytes, failures, rejections, retry policies.
 *
 * <p>Nothing here knows about runs, tasks or stores. All are immutable and compare by value.
 */
@NullMarked
package dev.pawl.core.value;

import org.jspecify.annotations.NullMarked;
