/**
 * The plane of Java programs: every method of {@link dev.pawl.protocol.control.ControlApi} and {@link
 * dev.pawl.protocol.worker.WorkerApi} is a route. What travels is written and read by {@link
 * dev.pawl.protocol.json.RemoteControl}, {@link dev.pawl.protocol.json.RemoteWork} and their other ends; here is only who
 * may call, and what becomes of an answer that nobody takes.
 */
@NullMarked
package dev.pawl.server.sdk;

import org.jspecify.annotations.NullMarked;
