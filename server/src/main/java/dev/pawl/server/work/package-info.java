/** The worker plane's routes: registering, polling, reporting. Who may report is decided by the engine, by epochs. */
@NullMarked
package dev.pawl.server.work;

import org.jspecify.annotations.NullMarked;
