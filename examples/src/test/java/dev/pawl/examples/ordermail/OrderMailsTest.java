package dev.pawl.examples.ordermail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.job.DeadJob;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.worker.JobWorker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderMailsTest {
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private final LinkedBlockingQueue<DeadJob> desk = new LinkedBlockingQueue<>();
  private final Flaky service = new Flaky();

  @TempDir
  Path folder;

  /** Fails twice: once before anything happened, once after the mail was sent. */
  private static final class Flaky implements MailService {
    final AtomicInteger calls = new AtomicInteger();
    final Map<String, String> sent = new ConcurrentHashMap<>();
    volatile Delivery delivery = Delivery.UNDERWAY;

    @Override
    public String send(String reference, OrderMail mail) throws IOException {
      int call = calls.incrementAndGet();
      if (call == 1) throw new IOException("connection refused");
      if (sent.putIfAbsent(reference, "mail-" + call) != null) throw new AssertionError("sent twice: " + reference);
      if (call == 2) throw new IOException("connection reset");
      return "mail-" + call;
    }

    @Override
    public Optional<String> sentAs(String reference) {
      return Optional.ofNullable(sent.get(reference));
    }

    @Override
    public Delivery delivery(String id) {
      return delivery;
    }
  }

  @Test
  void aMailIsSentOnceAndLookedAfter() {
    try (PawlEngine engine = engine(); JobWorker worker = worker(engine)) {
      Jobs jobs = Jobs.on(engine.jobs()).clock(this::now);
      OrderMail mail = new OrderMail("order-42", "ada@example.org", "It is on its way.");
      JobId job = OrderMails.send(jobs, mail);
      assertThat(OrderMails.send(jobs, mail)).isEqualTo(job);
      pass(Duration.ofSeconds(2), () -> state(jobs, job).phase() == JobPhase.AWAITING);
      assertThat(service.sent).hasSize(1);
      assertThat(service.calls).hasValue(2);
      service.delivery = MailService.Delivery.DELIVERED;
      pass(Duration.ofSeconds(61), () -> state(jobs, job).phase() == JobPhase.SUCCEEDED);
      assertThat(jobs.result(job, String.class)).isEqualTo("mail-2");
    }
  }

  @Test
  void whatNobodyReadsIsForAPerson() throws Exception {
    service.calls.set(2);
    service.delivery = MailService.Delivery.BOUNCED;
    try (PawlEngine engine = engine(); JobWorker worker = worker(engine)) {
      Jobs jobs = Jobs.on(engine.jobs()).clock(this::now);
      JobId job = OrderMails.send(jobs, new OrderMail("order-43", "nobody@example.org", "Hello?"));
      pass(Duration.ofSeconds(61), () -> state(jobs, job).phase() == JobPhase.DEAD_LETTERED);
      assertThat(state(jobs, job).ending().cause()).isEqualTo(DeadLetterCause.VERIFY_REJECTED);
      assertThat(desk.poll(60, TimeUnit.SECONDS)).isNotNull();
      assertThat(service.sent).hasSize(1);
    }
  }

  private JobWorker worker(PawlEngine engine) {
    return JobWorker.on(engine.worker(), engine.jobWork()).handler(OrderMails.handler(service, desk::add)).start();
  }

  private static JobState state(Jobs jobs, JobId job) {
    return jobs.state(job).orElseThrow();
  }

  private PawlEngine engine() {
    return PawlEngine.open("jdbc:sqlite:" + folder.resolve("pawl.db"), config -> config.clock = this::now);
  }

  private Instant now() {
    return Instant.now().plus(ahead.get());
  }

  /** Lets time pass in strides until it has happened. */
  private void pass(Duration stride, BooleanSupplier what) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!what.getAsBoolean()) {
      if (System.nanoTime() > deadline) throw new AssertionError("it did not happen within a minute");
      ahead.updateAndGet(by -> by.plus(stride.dividedBy(20)));
      LockSupport.parkNanos(20_000_000);
    }
  }
}
