package dev.pawl.examples.inventory;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobLimits;
import dev.pawl.core.job.JobRate;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.sdk.Verdict;
import dev.pawl.sdk.failure.ApplicationException;
import dev.pawl.sdk.failure.UnavailableException;
import dev.pawl.sdk.job.BatchDone;
import dev.pawl.sdk.job.Checked;
import dev.pawl.sdk.job.DeadJob;
import dev.pawl.sdk.job.JobHandler;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.worker.JobWorker;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Consumer;

/** What is handed in, who does it, and who is told when it cannot be done. */
public final class InventoryJobs {
  private InventoryJobs() {}

  // tag::handler[]
  static JobHandler<Stock> sync(Shop shop) {
    return Jobs.handler("inventory.sync", Stock.class, (job, stock) -> {
      if (stock.pieces() < 0) throw ApplicationException.nonRetryable("BadStock", "less than nothing is left");
      shop.show(stock.sku(), stock.pieces());
    });
  }
  // end::handler[]

  // tag::external[]
  static JobHandler<Charge> charge(Provider provider, Consumer<DeadJob> desk) {
    return Jobs.handler("payment.charge", Charge.class, (job, charge) ->
            job.awaits(provider.begin(job.effectKey(), charge.cents())))
        .check((job, reference) -> provider.settled(reference) ? Checked.done(reference) : Checked.pending())
        .onDead(desk::accept);
  }
  // end::external[]

  // tag::verify[]
  static JobHandler<Charge> simpleCharge(Provider provider) {
    return Jobs.handler("payment.simple", Charge.class, (job, charge) ->
            job.result(provider.begin(job.effectKey(), charge.cents())))
        .verify(job -> provider.find(job.effectKey()).<Verdict<?>>map(Verdict::did).orElseGet(Verdict::didNot));
  }
  // end::verify[]

  // tag::worker[]
  /** A worker of all of them. Closing it lets jobs finish and gives back the rest. */
  public static JobWorker start(PawlEngine engine, Shop shop, Provider provider, Consumer<DeadJob> desk) {
    return JobWorker.on(engine.worker(), engine.jobWork())
        .handler(sync(shop))
        .handler(charge(provider, desk))
        .handler(simpleCharge(provider))
        .settings(set -> set.concurrency = 20)
        .start();
  }
  // end::worker[]

  // tag::enqueue[]
  static JobId syncToday(Jobs jobs, LocalDate day, Stock stock) {
    return jobs.enqueue(Jobs.job("inventory.sync", "sync:%s:sku-%d".formatted(day, stock.sku()), stock)
        .retry(BackoffProfile.FAST)
        .priority(3)
        .delayed(Duration.ofSeconds(2)));
  }
  // end::enqueue[]

  // tag::many[]
  static long syncAll(Jobs jobs, LocalDate day, List<Stock> stocks) {
    return jobs.enqueueAll(stocks.stream()
            .map(stock -> Jobs.job("inventory.sync", "sync:%s:sku-%d".formatted(day, stock.sku()), stock)).toList())
        .stream().filter(answer -> answer.ok()).count();
  }
  // end::many[]

  // tag::transaction[]
  /** The order and its charge are both there, or neither is. The connection leads to the engine's database. */
  static JobId place(Connection connection, Jobs jobs, Charge charge) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement("insert into orders (id, cents) values (?, ?)")) {
      insert.setString(1, charge.order());
      insert.setLong(2, charge.cents());
      insert.executeUpdate();
    }
    JobId job = jobs.enqueueIn(connection, Jobs.job("payment.charge", "charge:" + charge.order(), charge)
        .check(new CheckTerms(Duration.ofMinutes(1), 60)));
    connection.commit();
    return job;
  }
  // end::transaction[]

  // tag::limits[]
  /** The provider takes 50 calls a second, 5 of them at once; no customer has more than two in the works. */
  static void limit(JobApi jobs) {
    jobs.limit("default", "payment.simple", JobLimits.NONE
        .rate(JobRate.of(50, Duration.ofSeconds(1)).burst(5))
        .runningPerKey(2));
  }

  static JobId charge(Jobs jobs, String customer, Charge charge) {
    return jobs.enqueue(Jobs.job("payment.simple", "charge:" + charge.order(), charge).limitKey(customer));
  }
  // end::limits[]

  // tag::singleton[]
  /** However often it is asked for: while one is open, it is that one. */
  static JobId syncNow(Jobs jobs, Stock stock) {
    return jobs.enqueue(Jobs.job("inventory.sync", stock).singleton("sku-" + stock.sku()));
  }

  /** When nothing has come for this article for five seconds, a minute after the first at the latest; the newest counts. */
  static JobId syncWhenQuiet(Jobs jobs, Stock stock) {
    return jobs.enqueue(Jobs.job("inventory.sync", stock)
        .debounced("sku-" + stock.sku(), Duration.ofSeconds(5), Duration.ofMinutes(1)));
  }
  // end::singleton[]

  // tag::batch[]
  static void importAll(Jobs jobs, String file, List<Stock> stocks) {
    jobs.batch(file, "import.done", stocks.stream()
        .map(stock -> Jobs.job("inventory.sync", "%s:sku-%d".formatted(file, stock.sku()), stock)).toList());
  }

  static JobHandler<BatchDone> imported(Consumer<BatchDone> desk) {
    return Jobs.handler("import.done", BatchDone.class, (job, done) -> desk.accept(done));
  }
  // end::batch[]

  // tag::needs[]
  static JobHandler<Charge> carefulCharge(Provider provider) {
    return Jobs.handler("payment.careful", Charge.class, (job, charge) -> {
      try {
        job.result(provider.begin(job.effectKey(), charge.cents()));
      } catch (ConnectException down) {
        throw new UnavailableException("nobody answers", down);
      }
    }).needs("billing-api");
  }
  // end::needs[]
}
