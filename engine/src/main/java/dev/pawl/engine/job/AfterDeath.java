package dev.pawl.engine.job;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.store.JobStore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

/** The job that follows a dead letter of a type whose workers want to know: born in the same commit, never lost. */
final class AfterDeath {
  static final Actor ACTOR = new Actor(Actor.Kind.POLICY, "after-death");

  private AfterDeath() {}

  /** One per death: a job that is driven again and dies again has another epoch. */
  static JobSpec job(JobState dead, DeadLetterCause cause, Instant now) {
    JobSpec spec = dead.spec();
    JobError error = dead.lastError();
    Payload payload = Payload.json("{\"job\":%s,\"cause\":%s,\"code\":%s,\"title\":%s,\"detail\":%s}".formatted(
        text(dead.id().toString()), text(cause.name()), text(error == null ? null : error.code()),
        text(error == null ? null : error.title()), text(error == null ? null : error.detail())));
    String type = JobStore.Type.afterDeath(spec.type());
    String key = dead.id() + ":" + dead.version();
    return new JobSpec(spec.namespace(), type, key, digest(type, key), spec.correlationId(), spec.priority(), now, null,
        null, LeaseTerms.STANDARD, RetryTerms.STANDARD, CheckTerms.STANDARD, payload, null);
  }

  /** Of its key alone: two nodes that bury one job say the same. */
  static String digest(String type, String key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest((type + "\0" + key).getBytes(StandardCharsets.UTF_8));
      return "sha-256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static String text(@org.jspecify.annotations.Nullable String value) {
    if (value == null) return "null";
    StringBuilder json = new StringBuilder(value.length() + 2).append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c == '"' || c == '\\' || Character.isSurrogate(c)) json.append("\\u%04x".formatted((int) c));
      else json.append(c);
    }
    return json.append('"').toString();
  }
}
