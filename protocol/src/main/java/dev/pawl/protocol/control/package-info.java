/**
 * What a client may ask of Pawl. The engine implements it; the server maps it to HTTP; the SDK's HTTP transport
 * implements it again, so that an embedded engine and a remote one are the same thing to a program.
 */
@NullMarked
package dev.pawl.protocol.control;

import org.jspecify.annotations.NullMarked;
