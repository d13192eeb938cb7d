/** Requests, answers, and what every answer has to carry. */
@NullMarked
package dev.pawl.conformance.wire;

import org.jspecify.annotations.NullMarked;
