/** What is asked of schedules. */
@NullMarked
package dev.pawl.protocol.schedule;

import org.jspecify.annotations.NullMarked;
