/**
 * JVMs that a test starts, freezes and kills, and a clock that can be set wrong while they run.
 *
 * <p>A {@link dev.pawl.testbed.process.JavaProcess} never outlives the JVM that started it, even if that one is killed: a
 * watcher beside it holds the other end of a pipe and sends SIGKILL when the pipe closes, which ends a stopped process
 * too. {@link dev.pawl.testbed.process.OffsetClock} is the wall clock of one process moved by an amount that another
 * process can change; nothing else in the process notices.
 */
@NullMarked
package dev.pawl.testbed.process;

import org.jspecify.annotations.NullMarked;
