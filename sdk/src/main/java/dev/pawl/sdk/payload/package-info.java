/**
 * How values of the user become payloads and come back.
 *
 * <p>A {@link dev.pawl.sdk.payload.PayloadConverter} turns a value into bytes; behind it stands a chain of
 * {@link dev.pawl.sdk.payload.PayloadCodec}s: compression, encryption, offload of what is large. Each names itself in the
 * payload's codec, {@code json+gzip+aes256gcm:2026-03}, so the payload alone tells how to read it: settings may change,
 * keys may rotate, and what was written years ago is still read. {@link dev.pawl.sdk.payload.PayloadPath} is the whole
 * way, and the only thing the rest of the SDK knows. {@link dev.pawl.sdk.payload.Failures} turns exceptions into failures
 * and back, over the same way.
 *
 * <p>Two kinds of trouble: a value that is too large is
 * {@link dev.pawl.sdk.failure.PayloadTooLargeException}, which workflow code may catch; bytes that can't be read or a
 * value that can't be written is {@link dev.pawl.sdk.payload.PayloadException}, a defect of code or deployment (a missing
 * key, a missing class), which fails the task and not the run, so that a fixed deployment goes on where it stopped.
 */
@NullMarked
package dev.pawl.sdk.payload;

import org.jspecify.annotations.NullMarked;
