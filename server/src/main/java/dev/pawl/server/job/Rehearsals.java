package dev.pawl.server.job;

import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.server.auth.Secrets;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Proof that the same bulk order was a dry run before: what the dry run answers, and the order itself has to show. */
final class Rehearsals {
  /** A rehearsal that is older says too little about what is there now. */
  static final Duration GOOD_FOR = Duration.ofHours(1);

  static final Field DRY_RUN = Field.bool("dry_run", "counts, and answers with a rehearsal");
  static final Field REHEARSAL = Field.text("rehearsal", 128,
      "what the dry run of the same order answered, an hour ago at most");

  private final byte[] key;

  /** @param key the same on all nodes */
  Rehearsals(String key) {
    this.key = key.getBytes(StandardCharsets.UTF_8);
  }

  String proof(Json order, Instant now) {
    return now.getEpochSecond() + "." + seal(order, Long.toString(now.getEpochSecond()));
  }

  boolean proves(@Nullable String proof, Json order, Instant now) {
    int dot = proof == null ? -1 : proof.indexOf('.');
    if (proof == null || dot < 0) return false;
    String at = proof.substring(0, dot);
    if (!at.matches("[0-9]{1,18}") || !Secrets.same(seal(order, at), proof.substring(dot + 1))) return false;
    return !Instant.ofEpochSecond(Long.parseLong(at)).plus(GOOD_FOR).isBefore(now);
  }

  /** What came of a bulk act; of a dry run, with its proof. */
  Reply reply(boolean dryRun, Json order, Instant now, JobApi.ActReport report) {
    return JobRoutes.reply(Json.of("dry_run", dryRun, "matched", report.matched(), "done", report.done(), "refused",
        report.refused(), "first_refusal", report.firstRefusal(), "rehearsal", dryRun ? proof(order, now) : null));
  }

  private String seal(Json order, String at) {
    return HexFormat.of().formatHex(
        Secrets.mac(key, ("rehearsal:" + at + ":" + order.digest()).getBytes(StandardCharsets.UTF_8)), 0, 16);
  }
}
