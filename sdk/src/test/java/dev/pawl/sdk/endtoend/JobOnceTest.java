package dev.pawl.sdk.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.worker.JobWorker;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.Until;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A step that an attempt has done is not done by the next one. */
@Timeout(180)
class JobOnceTest {
  record Receipt(String number, int cents) {}

  static Stream<DatabaseServer> servers() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb());
  }

  @ParameterizedTest
  @MethodSource("servers")
  void whatIsDoneIsNotDoneAgain(DatabaseServer server) {
    Database database = server.fresh();
    List<String> calls = new CopyOnWriteArrayList<>();
    try (PawlEngine engine = PawlEngine.open(database.dataSource())) {
      Jobs jobs = Jobs.on(engine.jobs());
      JobWorker worker = JobWorker.on(engine.worker(), engine.jobWork())
          .handler(Jobs.handler("order.pay", Integer.class, (job, cents) -> {
            Receipt receipt = job.once("charge", cents, Receipt.class, () -> {
              calls.add(job.effectKey("charge"));
              return new Receipt("r-" + job.attempt(), cents);
            });
            try (Connection users = database.dataSource().getConnection()) {
              users.setAutoCommit(false);
              job.once(users, "book", null, String.class, () -> {
                calls.add(job.effectKey("book") + " in attempt " + job.attempt());
                if (job.attempt() == 1) throw new IllegalStateException("the shelf fell down");
                return "booked";
              });
              users.commit();
            }
            if (job.attempt() == 3) job.result(receipt);
            else throw new IllegalStateException("once more");
          })).settings(set -> set.drain = Duration.ofSeconds(5)).start();
      try {
        jobs.enqueue(Jobs.job("order.pay", "order-12345", 990).retry(new RetryTerms(BackoffProfile.FAST, 5)));
        Until.holds(Duration.ofSeconds(60), () -> find(engine).phase().terminal());
      } finally {
        worker.close();
      }
      assertThat(find(engine).phase()).isEqualTo(JobPhase.SUCCEEDED);
      assertThat(find(engine).ending().result()).isEqualTo(Payload.json("{\"number\":\"r-1\",\"cents\":990}"));
      assertThat(calls).containsExactly("default/order.pay/order-12345#charge",
          "default/order.pay/order-12345#book in attempt 1", "default/order.pay/order-12345#book in attempt 2");
    }
  }

  private static JobState find(PawlEngine engine) {
    return engine.jobs().find("default", "order.pay", "order-12345").orElseThrow();
  }
}
