package dev.pawl.server.job;

import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.job.UwerCode;
import dev.pawl.server.auth.Authority;
import dev.pawl.server.auth.Principal;
import dev.pawl.server.auth.Role;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an operator shows for a manual transition. Who it is, is known from the token; the second person shows a token of
 * their own ({@code X-Approver-Authorization}, or {@code X-Approver-Signature} of the same body), so that nobody can name
 * somebody who never heard of it.
 */
public final class Papers {
  static final Field TICKET = Field.text("ticket", 64, "why it is allowed, such as OPS-123");
  static final Field REASON = Field.text("reason", 1_000, "for those who read the audit, 10 characters or more");
  static final Field APPROVER = Field.text("second_approver", 128, "name of the second person; believed only without auth");

  private final Authority authority;
  private final Tracker tracker;

  /** @param authority who a second person is */
  public Papers(Authority authority, Tracker tracker) {
    this.authority = authority;
    this.tracker = tracker;
  }

  OperatorPapers of(Call call) {
    String id = call.raw().header("x-request-id");
    String ticket = call.text("ticket");
    return new OperatorPapers(call.principal().name(), call.principal().role().wire(), "api", ticket,
        ticket == null ? OperatorPapers.Standing.NOT_ASKED : tracker.standing(ticket), call.text("reason", ""),
        id == null || id.isBlank() || id.length() > 128 ? UUID.randomUUID().toString() : id, approver(call));
  }

  private @Nullable String approver(Call call) {
    String named = call.text("second_approver");
    if (authority instanceof Authority.Nobody) return named;
    Principal second = authority.principal(call.raw().header("x-approver-authorization"),
        call.raw().header("x-approver-signature"), call.document()).orElse(null);
    if (second == null) {
      if (named == null) return null;
      throw refused("%s has not shown a token of their own (X-Approver-Authorization)".formatted(named));
    }
    if (second.role() != Role.ADMIN && second.role() != Role.FULL || !second.mayTouch(call.namespace())) {
      throw refused("%s may not approve this".formatted(second.name()));
    }
    if (named != null && !named.equals(second.name())) {
      throw refused("the second token is %s's, not %s's".formatted(second.name(), named));
    }
    return second.name();
  }

  private static RuntimeException refused(String why) {
    return UwerAnswers.refusal(UwerCode.APPROVER_REQUIRED, why, "/second_approver");
  }
}
