package dev.pawl.protocol.job;

import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.value.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** SHA-256 over what a report says, each part with its length. */
final class OutcomeDigest {
  private static final String OK = compute(new JobOutcome.Ok(null), List.of());

  private OutcomeDigest() {}

  static String of(JobOutcome outcome, List<JobSpec> spawn) {
    return outcome instanceof JobOutcome.Ok ok && ok.result() == null && spawn.isEmpty() ? OK : compute(outcome, spawn);
  }

  private static String compute(JobOutcome outcome, List<JobSpec> spawn) {
    MessageDigest hash;
    try {
      hash = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    add(hash, outcome.event().name());
    switch (outcome) {
      case JobOutcome.Ok it -> add(hash, it.result());
      case JobOutcome.OkExternal it -> add(hash, it.externalRef());
      case JobOutcome.CheckOk it -> add(hash, it.result());
      case JobOutcome.CheckPending it -> add(hash, it.retryAfter());
      case JobOutcome.CheckRejected it -> add(hash, it.error(), it.retryAfter());
      case JobOutcome.ErrRetry it -> add(hash, it.error(), it.retryAfter());
      case JobOutcome.ErrFatal it -> add(hash, it.error(), null);
      case JobOutcome.Abandon it -> add(hash, "");
    }
    for (JobSpec child : spawn) {
      add(hash, child.type());
      add(hash, child.key());
      add(hash, child.digest());
    }
    return "sha-256:" + HexFormat.of().formatHex(hash.digest());
  }

  private static void add(MessageDigest hash, JobError error, @Nullable Duration wish) {
    add(hash, error.code());
    add(hash, error.title());
    add(hash, error.detail());
    add(hash, wish);
  }

  private static void add(MessageDigest hash, @Nullable Duration time) {
    add(hash, time == null ? null : time.toString());
  }

  private static void add(MessageDigest hash, @Nullable Payload payload) {
    add(hash, payload == null ? null : payload.codec());
    if (payload == null) return;
    hash.update(ByteBuffer.allocate(4).putInt(0, payload.size()));
    hash.update(payload.view());
  }

  private static void add(MessageDigest hash, @Nullable String text) {
    byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    hash.update(ByteBuffer.allocate(4).putInt(0, text == null ? -1 : bytes.length));
    hash.update(bytes);
  }
}
