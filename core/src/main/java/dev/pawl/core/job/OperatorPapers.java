package dev.pawl.core.job;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an operator shows for a manual transition, and what the audit keeps of it.
 *
 * @param role under which the operator acts
 * @param channel console, cli or api
 * @param ticket for example {@code OPS-123}
 * @param standing what the tracker says about the ticket
 * @param reason at least 10 characters
 * @param approver a second person, where one is required
 */
public record OperatorPapers(
    String operator,
    String role,
    String channel,
    @Nullable String ticket,
    Standing standing,
    String reason,
    String requestId,
    @Nullable String approver) {

  private static final Pattern TICKET = Pattern.compile("[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}");
  private static final int SHORTEST_REASON = 10;

  public enum Standing {
    /** No tracker is asked. */
    NOT_ASKED,
    OPEN,
    /** Closed, or the tracker has no such ticket. */
    NOT_OPEN,
    /** The tracker does not answer. */
    UNREACHABLE
  }

  /** A flaw of the papers, as a refusal would say it. */
  public record Flaw(UwerCode code, String message, String pointer) {}

  /**
   * @param grave nothing may be doubtful: the tracker must answer if it is asked
   * @param twoPeople a second, different person must approve
   */
  public Optional<Flaw> flaw(boolean grave, boolean twoPeople) {
    if (ticket == null || ticket.isBlank()) {
      return flaw(UwerCode.TICKET_MISSING, "a manual transition needs a ticket", "/ticket");
    }
    if (!TICKET.matcher(ticket).matches()) {
      return flaw(UwerCode.TICKET_REFUSED, "expected a ticket like OPS-123, got '%s'".formatted(ticket), "/ticket");
    }
    if (standing == Standing.NOT_OPEN) {
      return flaw(UwerCode.TICKET_REFUSED, "ticket %s is not open".formatted(ticket), "/ticket");
    }
    if (standing == Standing.UNREACHABLE && grave) {
      return flaw(UwerCode.TICKET_REFUSED, "the tracker does not answer for " + ticket, "/ticket");
    }
    if (reason.strip().length() < SHORTEST_REASON) {
      return flaw(UwerCode.SCHEMA_VIOLATION, "expected a reason of 10 characters or more", "/reason");
    }
    if (twoPeople && (approver == null || approver.isBlank() || approver.equals(operator))) {
      return flaw(UwerCode.APPROVER_REQUIRED, "a second, different person must approve", "/second_approver");
    }
    return Optional.empty();
  }

  /** Something the operator should know, although it was done; null: nothing. */
  public @Nullable String warning() {
    return standing == Standing.UNREACHABLE
        ? "the tracker did not answer: ticket %s was not looked up".formatted(ticket)
        : null;
  }

  private static Optional<Flaw> flaw(UwerCode code, String message, String pointer) {
    return Optional.of(new Flaw(code, message, pointer));
  }
}
