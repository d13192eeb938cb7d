package dev.pawl.core.job;

import org.jspecify.annotations.Nullable;

/** Where a node's session stands. What may happen next is a table: {@link #on}. */
public enum NodeState {
  /** Just started, or in doubt: shows what it believes it holds, and drops what is not confirmed. */
  SYNC,
  /** In contact, without leases. */
  IDLE,
  /** In contact, with leases. */
  BUSY,
  /** Shutting down: no new leases, heartbeats go on. */
  DRAINING,
  /** Silent for too long; all leases are revoked. Only a new session comes back. */
  LOST,
  /** Deregistered. */
  GONE;

  public enum Event {
    START,
    /** The store confirmed none of its leases. */
    SYNC_OK_NONE,
    /** The store confirmed at least one. */
    SYNC_OK_SOME,
    GRANT,
    LAST_LEASE_ENDED,
    /** Two heartbeats in a row without an acknowledgement. */
    UNACKNOWLEDGED,
    /** The point at which a node stops by its own clock, before anybody else could be granted its work. */
    SELF_FENCE,
    /** The acknowledgement asks for it. */
    MUST_SYNC,
    SIGTERM,
    DRAINED,
    /** The dispatcher's verdict. */
    HEARTBEAT_TIMEOUT
  }

  /** What an event comes to. */
  public sealed interface Step {
    /** @param stopHandlers what runs must be stopped now */
    record To(NodeState state, boolean stopHandlers) implements Step {}

    /** It cannot matter in this state. */
    record Ignored() implements Step {}

    record Refused(UwerCode code) implements Step {}
  }

  private static final Step IGNORED = new Step.Ignored();

  /** Whether it may be granted leases at all; how many is a matter of its capacity. */
  public boolean grantable() {
    return this == IDLE || this == BUSY;
  }

  /** @param from null: no session of this node is known */
  public static Step on(@Nullable NodeState from, Event event) {
    if (from == null || from == GONE) {
      return switch (event) {
        case START -> to(SYNC);
        case GRANT -> refused(UwerCode.NOT_GRANTABLE);
        case SYNC_OK_NONE, SYNC_OK_SOME -> refused(UwerCode.SESSION_LOST);
        default -> IGNORED;
      };
    }
    return switch (from) {
      case SYNC -> switch (event) {
        case START -> refused(UwerCode.ILLEGAL_TRANSITION);
        case SYNC_OK_NONE -> to(IDLE);
        case SYNC_OK_SOME -> to(BUSY);
        case GRANT -> refused(UwerCode.NOT_GRANTABLE);
        case UNACKNOWLEDGED, MUST_SYNC -> to(SYNC);
        case SELF_FENCE -> stopAnd(SYNC);
        case SIGTERM -> to(DRAINING);
        case HEARTBEAT_TIMEOUT -> to(LOST);
        case LAST_LEASE_ENDED, DRAINED -> IGNORED;
      };
      case IDLE -> switch (event) {
        case START -> refused(UwerCode.ILLEGAL_TRANSITION);
        case GRANT -> to(BUSY);
        case UNACKNOWLEDGED, SELF_FENCE, MUST_SYNC -> to(SYNC);
        case SIGTERM -> to(GONE);
        case HEARTBEAT_TIMEOUT -> to(LOST);
        case SYNC_OK_NONE, SYNC_OK_SOME, LAST_LEASE_ENDED, DRAINED -> IGNORED;
      };
      case BUSY -> switch (event) {
        case START -> refused(UwerCode.ILLEGAL_TRANSITION);
        case GRANT -> to(BUSY);
        case LAST_LEASE_ENDED -> to(IDLE);
        // It keeps working: its leases stand until somebody revokes them.
        case UNACKNOWLEDGED, MUST_SYNC -> to(SYNC);
        case SELF_FENCE -> stopAnd(SYNC);
        case SIGTERM -> to(DRAINING);
        case HEARTBEAT_TIMEOUT -> to(LOST);
        case SYNC_OK_NONE, SYNC_OK_SOME, DRAINED -> IGNORED;
      };
      case DRAINING -> switch (event) {
        case START -> refused(UwerCode.ILLEGAL_TRANSITION);
        case GRANT -> refused(UwerCode.NOT_GRANTABLE);
        case LAST_LEASE_ENDED, DRAINED -> to(GONE);
        case UNACKNOWLEDGED, MUST_SYNC, SIGTERM -> to(DRAINING);
        case SELF_FENCE -> stopAnd(DRAINING);
        case HEARTBEAT_TIMEOUT -> to(LOST);
        case SYNC_OK_NONE, SYNC_OK_SOME -> IGNORED;
      };
      case LOST -> switch (event) {
        case START -> to(SYNC);
        case SYNC_OK_NONE, SYNC_OK_SOME -> refused(UwerCode.SESSION_LOST);
        case GRANT -> refused(UwerCode.NOT_GRANTABLE);
        case HEARTBEAT_TIMEOUT -> to(LOST);
        default -> IGNORED;
      };
      case GONE -> throw new IllegalStateException("handled above");
    };
  }

  private static Step to(NodeState state) {
    return new Step.To(state, false);
  }

  private static Step stopAnd(NodeState state) {
    return new Step.To(state, true);
  }

  private static Step refused(UwerCode code) {
    return new Step.Refused(code);
  }
}
