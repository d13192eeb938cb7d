/**
 * The bytes that live for ever: events, states, mails and failures as JSON text.
 *
 * <p>Every format here is pinned by a golden file and written by hand, without reflection, so that renaming a field in
 * Java cannot change what is stored. The rules, for all of them:
 *
 * <ul>
 *   <li>Members are written in a fixed order; maps are sorted by key, except those whose order means something. The same
 *       value gives the same text.
 *   <li>Absent means null, empty, false, or the default that the reader states. Unknown members are skipped, so that an
 *       older node reads what a newer one wrote.
 *   <li>A member name means one thing and has one type everywhere; {@code Members} lists them all.
 *   <li>Instants are microseconds since the epoch; durations are microseconds, with a fraction only if they need one.
 *   <li>A payload of JSON is {@code {"json":"..."}} with its text as a string, so that it comes back byte for byte:
 *       key order, spaces and numbers of any size included. Other codecs: {@code {"codec":"c","text":"..."}}, or
 *       {@code base64} in place of {@code text} for bytes that are not plain text.
 *   <li>Text is always safe to store: control characters and lone surrogates are escaped, so no NUL and nothing that
 *       UTF-8 cannot carry ever reaches a driver.
 * </ul>
 *
 * <p>Adding a member: write it, read it with a default, add it to the golden sample. Never reuse a name for another type,
 * never remove a reader.
 */
@NullMarked
package dev.pawl.protocol.json;

import org.jspecify.annotations.NullMarked;
