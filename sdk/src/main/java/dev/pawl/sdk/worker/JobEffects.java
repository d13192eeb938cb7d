package dev.pawl.sdk.worker;

import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobRefusedException;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.sdk.payload.PayloadConverter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** What the steps of a job came to: done once, and recorded under the lease. */
final class JobEffects {
  private final JobWorkApi api;
  private final PayloadConverter converter;

  JobEffects(JobWorkApi api, PayloadConverter converter) {
    this.api = api;
    this.converter = converter;
  }

  /** How a response is recorded. */
  private interface Record {
    JobAnswer<JobWorkApi.Effect> keep(JobWorkApi.Step step) throws SQLException;
  }

  <T> @Nullable T once(RunningJob job, @Nullable Connection users, String step, @Nullable Object request, Class<T> type,
      Callable<? extends @Nullable T> work) throws Exception {
    String asked = request == null ? null : digest(converter.toPayload(request, request.getClass()));
    Optional<JobWorkApi.Effect> before = api.effect(job.id(), step);
    if (before.isPresent()) return type.cast(converter.fromPayload(same(job, step, asked, before.get()).response(), type));
    T result = work.call();
    Record record = users == null ? api::record : one -> api.record(users, one);
    JobWorkApi.Effect kept = record.keep(new JobWorkApi.Step(
        job.id(), step, job.epoch(), job.session, asked, converter.toPayload(result, type))).get();
    return type.cast(converter.fromPayload(kept.response(), type));
  }

  private static JobWorkApi.Effect same(RunningJob job, String step, @Nullable String asked, JobWorkApi.Effect effect) {
    if (asked == null || effect.request() == null || asked.equals(effect.request())) return effect;
    throw new JobRefusedException(UwerCode.COMMIT_CONFLICT,
        "step '%s' of job %s was done for another request, under epoch %d".formatted(step, job.id(), effect.epoch()),
        "/request");
  }

  private static String digest(Payload request) {
    try {
      return "sha-256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(request.bytes()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
