package dev.pawl.sdk.worker;

import dev.pawl.protocol.job.PayloadContracts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The numbers of a {@link JobWorker}. Filled in by a lambda. */
public final class JobWorkerSettings {
  /** Name for people; process id unless said. */
  public @Nullable String name;

  /** Jobs that run at the same time. */
  public int concurrency = 100;

  /**
   * Jobs that may be in hand beyond those that run, where jobs are short: what a twentieth of a second has lately done, up
   * to this. Where they are long, none.
   */
  public int ahead = 4_000;

  /** How long a poll waits for work. */
  public Duration patience = Duration.ofSeconds(20);

  /** How long {@link JobWorker#close} lets jobs finish before they are given back. */
  public Duration drain = Duration.ofSeconds(30);

  /**
   * What is agreed about payloads: a job that breaks it is a dead letter, and its handler never sees it. Null: as the
   * engine says.
   */
  public @Nullable PayloadContracts contracts;

  void check() {
    if (concurrency < 1) throw new IllegalArgumentException("concurrency: expected 1 or more, got " + concurrency);
    if (ahead < 0 || ahead > 9_000) throw new IllegalArgumentException("ahead: expected 0 to 9000, got " + ahead);
    if (patience.isNegative() || patience.compareTo(Duration.ofMinutes(5)) > 0) {
      throw new IllegalArgumentException("patience: expected 0 s to 5 min, got " + patience);
    }
    if (drain.isNegative()) throw new IllegalArgumentException("drain: expected 0 or more, got " + drain);
  }

  JobWorkerSettings() {}
}
