/** Cases, how they are run, and what came of them. */
@NullMarked
package dev.pawl.conformance.suite;

import org.jspecify.annotations.NullMarked;
