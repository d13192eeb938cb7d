/**
 * The judge of a round: did the system keep its promises, whatever was done to it?
 *
 * <p>Input is an {@link dev.pawl.testbed.check.Evidence}: the tables of the engine's database read by plain SQL in one
 * snapshot, the file of the effect ledger, and the log of what clients asked and heard
 * ({@link dev.pawl.testbed.check.Operations}). No running engine is asked for its opinion, and no code of the engine is
 * used: histories are read, folded and hashed here by other means.
 *
 * <p>{@link dev.pawl.testbed.check.Checker} walks all histories once and shows each to every
 * {@link dev.pawl.testbed.check.Invariant}; a list of {@link dev.pawl.testbed.check.Violation}s comes out. Safety may be
 * checked at any time, also while the system runs. Liveness (nothing is stuck) is only judged when the evidence is said
 * to be {@linkplain dev.pawl.testbed.check.Evidence.Builder#quiet quiet}: faults healed, the recovery bound over.
 *
 * <p><b>How operations are judged.</b> A client logs before it asks and after it has heard: ok (acknowledged), fail
 * (definitely did not happen) or info (unknown: a timeout, a reset). What is ok must be in the database, what is fail must
 * not, what is info may be either, but only one of them and the same for ever; clients repeat an info under the same id
 * until it is ok or fail. A round with too few ok operations, or with a fault that never fired, is void, not green:
 * {@link dev.pawl.testbed.check.RoundVerdict}.
 *
 * <p>Invariants carry the numbers of the project's list of invariants. An invariant must find what it is for: its test
 * plants a violation in a small database, and the clean one must stay silent.
 */
@NullMarked
package dev.pawl.testbed.check;

import org.jspecify.annotations.NullMarked;
