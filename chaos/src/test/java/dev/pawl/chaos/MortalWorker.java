package dev.pawl.chaos;

import dev.pawl.core.task.LeaseTimings;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.sdk.job.JobContext;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.worker.JobWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A worker of jobs in a process that ends where it is told to, as SIGKILL would end it. Effects are lines of a file. */
final class MortalWorker {
  static final String TYPE = "mortal.job";
  static final String READY = "ready";
  static final String HAS = "has ";
  /** Short, so that nobody waits long for an heir. */
  static final LeaseTimings LEASES = new LeaseTimings(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(2),
      Duration.ofMillis(100), Duration.ofSeconds(5));

  /** Where it ends. */
  enum End {
    /** CP4: it has the job, and no handler has begun. */
    RECEIVED,
    /** CP5. */
    BEFORE_EFFECT,
    /** CP6. */
    AFTER_EFFECT,
    /** Not by itself: its handlers never end, and hear no interrupt. */
    NEVER
  }

  private MortalWorker() {}

  /** @param args database, how it ends, file of effects, seconds that it drains after SIGTERM */
  public static void main(String[] args) {
    End end = End.valueOf(args[1]);
    Path effects = Path.of(args[2]);
    PawlEngine engine = PawlEngine.open(args[0], config -> config.leases = LEASES);
    JobWorker worker = JobWorker.on(engine.worker(), watched(engine.jobWork(), end))
        .handler(Jobs.handler(TYPE, Object.class, (job, nothing) -> work(job, end, effects)))
        .settings(set -> {
          set.concurrency = 2;
          set.drain = Duration.ofSeconds(Integer.parseInt(args[3]));
        }).start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      System.out.println("drains");
      worker.close();
      System.out.println("drained");
      // What the handlers still do must not keep it: they are not asked any more.
      Runtime.getRuntime().halt(0);
    }));
    System.out.println(READY);
    while (true) LockSupport.park();
  }

  private static void work(JobContext job, End end, Path effects) {
    System.out.println(HAS + job.key());
    switch (end) {
      case BEFORE_EFFECT -> Runtime.getRuntime().halt(137);
      case AFTER_EFFECT -> {
        effect(job.effectKey(), effects);
        Runtime.getRuntime().halt(137);
      }
      default -> {
        while (true) LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
      }
    }
  }

  static void effect(String key, Path effects) {
    try {
      Files.writeString(effects, key + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JobWorkApi watched(JobWorkApi api, End end) {
    if (end != End.RECEIVED) return api;
    return (JobWorkApi) Proxy.newProxyInstance(JobWorkApi.class.getClassLoader(), new Class<?>[] {JobWorkApi.class},
        (proxy, method, args) -> {
          Object answer;
          try {
            answer = method.invoke(api, args);
          } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
          }
          if (method.getName().equals("poll") && !((List<?>) answer).isEmpty()) {
            System.out.println(HAS + "it, and begins nothing");
            Runtime.getRuntime().halt(137);
          }
          return answer;
        });
  }
}
