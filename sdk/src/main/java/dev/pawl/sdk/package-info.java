/**
 * What a Java developer writes workflows with, and the worker that runs them. A workflow is a
 * program that is handed new events and answers with commands; Java code is replayed on a virtual
 * thread to do the same. The SDK knows the engine only through the two interfaces of the protocol.
 */
@NullMarked
package dev.pawl.sdk;

import org.jspecify.annotations.NullMarked;
