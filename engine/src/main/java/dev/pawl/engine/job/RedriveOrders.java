package dev.pawl.engine.job;

import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.OperatorPapers;
import dev.pawl.engine.store.Declarations;
import dev.pawl.protocol.job.JobApi.DeadLetters;
import dev.pawl.protocol.job.JobApi.RedriveOrder;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.protocol.uwer.Parsed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Orders of bulk redrives as they are stored, with every letter that they name: whoever takes one over drives those and no others. */
final class RedriveOrders {
  private static final String KIND = "job-redrive-order";

  private final Declarations declared;

  RedriveOrders(Declarations declared) {
    this.declared = declared;
  }

  /** @param letters that the order came to */
  void keep(String id, RedriveOrder order, List<JobId> letters) {
    OperatorPapers papers = order.papers();
    DeadLetters query = order.query();
    declared.put(query.namespace(), KIND, id, Json.of("type", query.type(), "cause", query.cause(), "letters",
        letters.stream().map(JobId::toString).toList(), "operator", papers.operator(), "role", papers.role(), "channel",
        papers.channel(), "ticket", papers.ticket(), "standing", papers.standing(), "reason", papers.reason(),
        "request_id", papers.requestId(), "approver", papers.approver(), "canary", order.canary(), "per_second",
        order.perSecond(), "halt_above", order.haltAbove(), "patience_ms", order.patience().toMillis()).write());
  }

  /** The order, which names its letters now. Empty: it was never kept, or is over. */
  Optional<RedriveOrder> find(String namespace, String id) {
    return declared.find(namespace, KIND, id).map(stored -> read(namespace, stored));
  }

  void forget(String namespace, String id) {
    declared.remove(namespace, KIND, id);
  }

  private static RedriveOrder read(String namespace, Declarations.Declaration stored) {
    Json.Obj it = object(stored);
    String cause = text(it, "cause");
    List<JobId> letters = it.members().get("letters") instanceof Json.Arr all
        ? all.items().stream().map(one -> JobId.parse(((Json.Str) one).value())).toList()
        : List.of();
    OperatorPapers papers = new OperatorPapers(must(it, "operator"), must(it, "role"), must(it, "channel"),
        text(it, "ticket"), OperatorPapers.Standing.valueOf(must(it, "standing")), must(it, "reason"),
        must(it, "request_id"), text(it, "approver"));
    return new RedriveOrder(new DeadLetters(namespace, text(it, "type"),
        cause == null ? null : DeadLetterCause.valueOf(cause), 1_000, null), letters, papers, false, true,
        number(it, "canary"), number(it, "per_second"), number(it, "halt_above"),
        Duration.ofMillis((long) number(it, "patience_ms")));
  }

  /** What is stored as an object of JSON. */
  static Json.Obj object(Declarations.Declaration stored) {
    byte[] bytes = stored.data().getBytes(StandardCharsets.UTF_8);
    if (Json.read(bytes, Integer.MAX_VALUE) instanceof Parsed.Ok<Json> ok && ok.value() instanceof Json.Obj it) return it;
    throw new IllegalStateException("redrive %s is damaged: %s".formatted(stored.name(), stored.data()));
  }

  static @Nullable String text(Json.Obj it, String member) {
    return it.members().get(member) instanceof Json.Str text ? text.value() : null;
  }

  private static String must(Json.Obj it, String member) {
    String text = text(it, member);
    return text == null ? "" : text;
  }

  static double number(Json.Obj it, String member) {
    return it.members().get(member) instanceof Json.Num number ? Double.parseDouble(number.text()) : 0;
  }
}
