package dev.pawl.examples.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.Breaker;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.UwerCode;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.sdk.job.BatchDone;
import dev.pawl.sdk.job.DeadJob;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.worker.JobWorker;
import java.net.ConnectException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InventoryTest {
  private static final LocalDate DAY = LocalDate.of(2026, 12, 24);

  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private final Map<Integer, Integer> shown = new ConcurrentHashMap<>();
  private final LinkedBlockingQueue<DeadJob> dead = new LinkedBlockingQueue<>();
  private final Book book = new Book();

  @TempDir
  Path folder;

  /** A provider that remembers. */
  private static class Book implements Provider {
    final Map<String, String> known = new ConcurrentHashMap<>();
    final AtomicInteger calls = new AtomicInteger();
    volatile boolean settles;

    @Override
    public String begin(String key, long cents) throws Exception {
      calls.incrementAndGet();
      return known.computeIfAbsent(key, k -> "charge-" + (known.size() + 1));
    }

    @Override
    public Optional<String> find(String key) {
      return Optional.ofNullable(known.get(key));
    }

    @Override
    public boolean settled(String reference) {
      return settles;
    }
  }

  @Test
  void anImportTellsOnceWhenAllIsOver() throws Exception {
    LinkedBlockingQueue<BatchDone> imports = new LinkedBlockingQueue<>();
    try (PawlEngine engine = engine()) {
      InventoryJobs.limit(engine.jobs());
      Jobs jobs = Jobs.on(engine.jobs()).clock(this::now);
      List<Stock> stocks = IntStream.range(0, 20).mapToObj(sku -> new Stock(sku, sku == 7 ? -1 : sku)).toList();
      InventoryJobs.importAll(jobs, "stocks.csv", stocks);
      InventoryJobs.importAll(jobs, "stocks.csv", stocks);
      JobId one = InventoryJobs.syncNow(jobs, new Stock(991, 1));
      assertThat(InventoryJobs.syncNow(jobs, new Stock(991, 2))).isEqualTo(one);
      JobId charged = InventoryJobs.charge(jobs, "ada", new Charge("order-1", 100));
      try (JobWorker worker = JobWorker.on(engine.worker(), engine.jobWork())
          .handler(InventoryJobs.sync(shown::put))
          .handler(InventoryJobs.simpleCharge(book))
          .handler(InventoryJobs.imported(imports::add)).start()) {
        assertThat(imports.poll(60, TimeUnit.SECONDS)).isEqualTo(new BatchDone("stocks.csv", 19, 1, 0, 0));
        until(() -> phase(jobs, charged) == JobPhase.SUCCEEDED);
        until(() -> phase(jobs, one) == JobPhase.SUCCEEDED);
        assertThat(shown).hasSize(20).containsEntry(991, 1);
        JobId quiet = InventoryJobs.syncWhenQuiet(jobs, new Stock(992, 5));
        assertThat(phase(jobs, quiet)).isEqualTo(JobPhase.SCHEDULED);
        ahead.updateAndGet(by -> by.plusSeconds(5));
        until(() -> phase(jobs, quiet) == JobPhase.SUCCEEDED);
      }
      assertThat(imports).isEmpty();
    }
  }

  @Test
  void chargesWaitWhileTheProviderIsDown() {
    AtomicInteger tries = new AtomicInteger();
    AtomicReference<Boolean> down = new AtomicReference<>(true);
    Book flaky = new Book() {
      @Override
      public String begin(String key, long cents) throws Exception {
        tries.incrementAndGet();
        if (down.get()) throw new ConnectException("refused");
        return super.begin(key, cents);
      }
    };
    try (PawlEngine engine = engine();
        JobWorker worker = JobWorker.on(engine.worker(), engine.jobWork())
            .handler(InventoryJobs.carefulCharge(flaky)).start()) {
      Jobs jobs = Jobs.on(engine.jobs()).clock(this::now);
      JobId job = jobs.enqueue("payment.careful", "charge:order-1", new Charge("order-1", 100));
      until(() -> engine.jobs().breakers("default").stream().anyMatch(b -> b.state() == Breaker.State.OPEN));
      assertThat(tries.get()).isGreaterThanOrEqualTo(Breaker.TRIP_AFTER);
      down.set(false);
      ahead.updateAndGet(by -> by.plusSeconds(10));
      until(() -> phase(jobs, job) == JobPhase.SUCCEEDED);
      assertThat(jobs.state(job).orElseThrow().attempt()).as("no attempt was spent").isEqualTo(1);
    }
  }

  @Test
  void triesAgainUntilTheShopIsThere() {
    AtomicInteger calls = new AtomicInteger();
    Shop flaky = (sku, pieces) -> {
      if (calls.incrementAndGet() < 3) throw new IllegalStateException("connection reset");
      shown.put(sku, pieces);
    };
    try (PawlEngine engine = engine(); JobWorker worker = start(engine, flaky)) {
      Jobs jobs = Jobs.on(engine.jobs()).clock(this::now);
      JobId job = InventoryJobs.syncToday(jobs, DAY, new Stock(991, 12));
      assertThat(InventoryJobs.syncToday(jobs, DAY, new Stock(991, 12))).isEqualTo(job);
      for (int failed = 0; failed < 3; failed++) {
        int expected = failed;
        until(() -> calls.get() >= expected);
        ahead.updateAndGet(by -> by.plusSeconds(5));
      }
      until(() -> phase(jobs, job) == JobPhase.SUCCEEDED);
      assertThat(shown).containsEntry(991, 12);
      assertThat(jobs.state(job).orElseThrow().attempt()).isEqualTo(3);
    }
  }

  @Test
  void whatBreaksItsContractNeverReachesItsHandler() {
    AtomicInteger calls = new AtomicInteger();
    try (PawlEngine engine = engine();
        JobWorker worker = JobWorker.on(engine.worker(), engine.jobWork())
            .handler(Jobs.handler("contract.bound", Stock.class, (job, stock) -> calls.incrementAndGet()))
            .settings(set -> set.contracts = job -> job.payload().text().contains("\"sku\":0")
                ? Optional.of(JobError.of(UwerCode.SCHEMA_VIOLATION, "sku: expected 1 or more"))
                : Optional.empty())
            .start()) {
      Jobs jobs = Jobs.on(engine.jobs());
      JobId bad = jobs.enqueue(Jobs.job("contract.bound", "bound-key-1", new Stock(0, 1)));
      JobId good = jobs.enqueue(Jobs.job("contract.bound", "bound-key-2", new Stock(1, 1)));
      until(() -> phase(jobs, bad) == JobPhase.DEAD_LETTERED && phase(jobs, good) == JobPhase.SUCCEEDED);
      JobState dead = jobs.state(bad).orElseThrow();
      assertThat(dead.ending().cause()).isEqualTo(DeadLetterCause.POISON_PAYLOAD);
      assertThat(dead.lastError().detail()).isEqualTo("sku: expected 1 or more");
      assertThat(calls).hasValue(1);
    }
  }

  @Test
  void doesManyAtOnce() {
    try (PawlEngine engine = engine(); JobWorker worker = start(engine, shown::put)) {
      Jobs jobs = Jobs.on(engine.jobs());
      List<Stock> stocks = IntStream.range(0, 2_000).mapToObj(sku -> new Stock(sku, sku % 7)).toList();
      assertThat(InventoryJobs.syncAll(jobs, DAY, stocks)).isEqualTo(2_000);
      until(() -> shown.size() == 2_000);
      until(() -> engine.jobs().counts("default").isEmpty());
    }
  }

  @Test
  void looksUntilAChargeHasSettled() throws Exception {
    try (PawlEngine engine = engine(); JobWorker worker = start(engine, shown::put);
        Connection connection = DriverManager.getConnection(url())) {
      connection.createStatement().execute("create table orders (id text primary key, cents integer)");
      connection.setAutoCommit(false);
      Jobs jobs = Jobs.on(engine.jobs()).clock(this::now);
      JobId job = InventoryJobs.place(connection, jobs, new Charge("order-1", 4_900));
      until(() -> phase(jobs, job) == JobPhase.AWAITING);
      ahead.updateAndGet(by -> by.plusSeconds(61));
      until(() -> jobs.state(job).orElseThrow().checks() == 1);
      book.settles = true;
      ahead.updateAndGet(by -> by.plusSeconds(61));
      until(() -> phase(jobs, job) == JobPhase.SUCCEEDED);
      assertThat(jobs.result(job, String.class)).isEqualTo("charge-1");
    }
  }

  @Test
  void isToldByACallback() throws Exception {
    try (PawlEngine engine = engine(); JobWorker worker = start(engine, shown::put)) {
      Jobs jobs = Jobs.on(engine.jobs());
      JobId job = jobs.enqueue("payment.charge", "charge:order-2", new Charge("order-2", 100));
      until(() -> phase(jobs, job) == JobPhase.AWAITING);
      JobApi.CallbackToken token = new JobApi.CallbackToken(job, jobs.state(job).orElseThrow().externalEpoch());
      assertThat(jobs.completed(token, "paid")).isEqualTo(JobPhase.SUCCEEDED);
      assertThat(jobs.completed(token, "paid")).isEqualTo(JobPhase.SUCCEEDED);
      assertThat(jobs.result(job, String.class)).isEqualTo("paid");
    }
  }

  @Test
  void asksWhetherItHappenedBeforeItIsDoneAgain() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Book dying = new Book() {
      @Override
      public String begin(String key, long cents) throws Exception {
        String reference = super.begin(key, cents);
        begun.countDown();
        new CountDownLatch(1).await(); // the worker dies before the answer is there
        return reference;
      }
    };
    try (PawlEngine engine = engine()) {
      JobWorker doomed = InventoryJobs.start(engine, shown::put, dying, dead::add);
      Jobs jobs = Jobs.on(engine.jobs());
      JobId job = jobs.enqueue("payment.simple", "charge:order-3", new Charge("order-3", 100));
      begun.await();
      doomed.abandon();
      ahead.set(Duration.ofSeconds(20)); // its lease is over
      try (JobWorker heir = InventoryJobs.start(engine, shown::put, dying, dead::add)) {
        until(() -> phase(jobs, job) == JobPhase.SUCCEEDED);
      }
      assertThat(dying.calls).hasValue(1);
      assertThat(jobs.result(job, String.class)).isEqualTo("charge-1");
    }
  }

  @Test
  void theDeskHearsOfADeath() throws Exception {
    Book broken = new Book() {
      @Override
      public String begin(String key, long cents) {
        throw new IllegalArgumentException("no such account");
      }
    };
    try (PawlEngine engine = engine(); JobWorker worker = InventoryJobs.start(engine, shown::put, broken, dead::add)) {
      Jobs jobs = Jobs.on(engine.jobs());
      JobId job = jobs.enqueue(Jobs.job("payment.charge", new Charge("order-4", 1)).retry(BackoffProfile.NONE));
      DeadJob heard = dead.poll(60, TimeUnit.SECONDS);
      assertThat(heard).isNotNull();
      assertThat(heard.job()).isEqualTo(job.toString());
      assertThat(heard.cause()).isEqualTo("ATTEMPTS_EXHAUSTED");
      assertThat(heard.title()).isEqualTo("IllegalArgumentException: no such account");
    }
  }

  @Test
  void closingLetsJobsFinishAndGivesBackTheRest() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Shop slow = (sku, pieces) -> {
      begun.countDown();
      never.await();
    };
    try (PawlEngine engine = engine()) {
      Jobs jobs = Jobs.on(engine.jobs());
      JobWorker worker = start(engine, slow);
      JobId job = jobs.enqueue("inventory.sync", "sync:by-hand", new Stock(1, 1));
      begun.await();
      worker.close(Duration.ZERO);
      JobState given = jobs.state(job).orElseThrow();
      assertThat(given.leased()).isFalse();
      assertThat(given.losses()).isZero();
      assertThat(given.attempt()).isEqualTo(1);
      try (JobWorker heir = start(engine, shown::put)) {
        until(() -> phase(jobs, job) == JobPhase.SUCCEEDED);
      }
    }
  }

  private JobWorker start(PawlEngine engine, Shop shop) {
    return InventoryJobs.start(engine, shop, book, dead::add);
  }

  private static JobPhase phase(Jobs jobs, JobId job) {
    return jobs.state(job).orElseThrow().phase();
  }

  private PawlEngine engine() {
    return PawlEngine.open(url(), config -> config.clock = this::now);
  }

  private Instant now() {
    return Instant.now().plus(ahead.get());
  }

  private String url() {
    return "jdbc:sqlite:" + folder.resolve("pawl.db");
  }

  private static void until(BooleanSupplier what) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!what.getAsBoolean()) {
      if (System.nanoTime() > deadline) throw new AssertionError("it did not happen within a minute");
      LockSupport.parkNanos(2_000_000);
    }
  }
}
