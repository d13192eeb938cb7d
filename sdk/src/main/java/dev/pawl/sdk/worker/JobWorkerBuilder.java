package dev.pawl.sdk.worker;

import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.job.JobHandler;
import dev.pawl.sdk.payload.PayloadConverter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Puts a {@link JobWorker} together. */
public final class JobWorkerBuilder {
  final WorkerApi sessions;
  final JobWorkApi jobs;
  final PayloadConverter converter;
  final Map<String, JobHandler<?>> handlers = new LinkedHashMap<>();
  final JobWorkerSettings settings = new JobWorkerSettings();
  List<String> namespaces = List.of("default");

  JobWorkerBuilder(WorkerApi sessions, JobWorkApi jobs, PayloadConverter converter) {
    this.sessions = sessions;
    this.jobs = jobs;
    this.converter = converter;
  }

  /**
   * Whose jobs it does, {@code default} unless said. Where there are several, each gets an equal share of the worker; what
   * one does not use goes to the others.
   *
   * @param names 1 to 100
   */
  public JobWorkerBuilder namespace(String... names) {
    this.namespaces = List.of(names);
    return this;
  }

  /** Serves jobs of one type. @throws IllegalArgumentException if it serves that type already */
  public JobWorkerBuilder handler(JobHandler<?> handler) {
    if (handlers.putIfAbsent(handler.type(), handler) != null) {
      throw new IllegalArgumentException("there is a handler of '%s' already".formatted(handler.type()));
    }
    return this;
  }

  public JobWorkerBuilder settings(Consumer<JobWorkerSettings> set) {
    set.accept(settings);
    return this;
  }

  /** Opens a session and begins to work. */
  public JobWorker start() {
    settings.check();
    if (handlers.isEmpty()) throw new IllegalStateException("a worker without a handler has nothing to do");
    return JobWorker.start(this);
  }
}
