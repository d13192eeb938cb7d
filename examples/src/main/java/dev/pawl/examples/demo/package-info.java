/**
 * {@code ./pawl demo}: an order survives the SIGKILL of the worker process that was charging for it. {@link
 * dev.pawl.examples.demo.Demo} is the supervisor and opens the database; {@link dev.pawl.examples.demo.DemoWorker} is
 * another process on the same file, and is the one that dies. What the orders do to the world lies in a file that Pawl
 * knows nothing of, and is counted in the end.
 */
@NullMarked
package dev.pawl.examples.demo;

import org.jspecify.annotations.NullMarked;
