/**
 * The truth about effects, kept where no fault reaches it.
 *
 * <p>Workers under test tell the {@link dev.pawl.testbed.ledger.EffectLedger} what they do, as they would tell a payment
 * provider. The ledger runs in a process of its own, appends each call with its verdict to a file that is forced to disk
 * before it answers, and is never put behind a fault. After a round the checker reads the file and compares it with what
 * histories claim.
 *
 * <p>The ledger accepts by one of three {@link dev.pawl.testbed.ledger.Rule}s, and may be told to make
 * {@link dev.pawl.testbed.ledger.Trouble}: lose the reply of a call that it has applied, hold it back, be slow, fail.
 *
 * <p>On the wire and in the file a call is one line of fields with tabs between them, the same that
 * {@link dev.pawl.testbed.ledger.EffectCall#line} writes.
 */
@NullMarked
package dev.pawl.testbed.ledger;

import org.jspecify.annotations.NullMarked;
