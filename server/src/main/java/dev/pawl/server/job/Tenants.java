package dev.pawl.server.job;

import dev.pawl.core.job.UwerCode;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Scope;
import java.util.Locale;
import java.util.function.Predicate;

/** In which namespace a document counts: its own word, which the request must not contradict. */
final class Tenants {
  private static final String POINTER = "/body/namespace";

  private final Predicate<String> known;

  /** @param known whether a namespace exists */
  Tenants(Predicate<String> known) {
    this.known = known;
  }

  /** @throws Refusal the caller may not, or says two things at once, or there is no such namespace */
  void check(Call call, String namespace) {
    String header = call.raw().header("x-namespace");
    String said = header != null && !header.isBlank() ? header : call.query().get("namespace");
    if (said != null && !said.isBlank() && !said.strip().toLowerCase(Locale.ROOT).equals(namespace)) {
      throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION,
          "the document is for namespace '%s', the request for '%s'".formatted(namespace, said.strip()), POINTER);
    }
    if (call.route().scope() != Scope.PUBLIC && !call.principal().mayTouch(namespace)) {
      throw UwerAnswers.refusal(UwerCode.FORBIDDEN, "this token is not for namespace '%s'".formatted(namespace), null);
    }
    if (!known.test(namespace)) {
      throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, "there is no namespace '%s'".formatted(namespace), POINTER);
    }
  }
}
