/** What operators do to runs by hand, with papers. */
@NullMarked
package dev.pawl.protocol.operator;

import org.jspecify.annotations.NullMarked;
