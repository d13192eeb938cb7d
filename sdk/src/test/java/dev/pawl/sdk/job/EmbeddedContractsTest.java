package dev.pawl.sdk.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.contracts.Contract;
import dev.pawl.contracts.ContractFolder;
import dev.pawl.contracts.Contracts;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.RejectedException;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobRefusedException;
import dev.pawl.protocol.uwer.Parsed;
import dev.pawl.sdk.worker.JobWorker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine in this process holds jobs to their contracts as a server does: at every door, and before they are done. */
class EmbeddedContractsTest {
  private static final String STOCK = """
      {"type":"object","required":["sku"],"properties":{"sku":{"type":"integer","minimum":1}}}""";
  private static final Map<String, Object> GOOD = Map.of("sku", 991);
  private static final Map<String, Object> BAD = Map.of("sku", 0);

  private String url;
  private PawlEngine engine;
  private Contracts contracts;
  private Jobs jobs;

  @BeforeEach
  void open(@TempDir Path folder) {
    url = "jdbc:sqlite:" + folder.resolve("pawl.db");
    engine = PawlEngine.open(url);
    contracts = Contracts.on(engine);
    jobs = Jobs.on(engine.jobs());
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private void agree(String type) {
    assertThat(contracts.register("default", type, Contract.Kind.JSON, STOCK, null, "test"))
        .isInstanceOf(Parsed.Ok.class);
  }

  private JobState state(JobId id) {
    return engine.jobs().get("default", id).orElseThrow();
  }

  @Test
  void whatBreaksItsContractIsRefusedAtEveryDoor() throws Exception {
    agree("stock.sync");
    JobId kept = jobs.enqueue(Jobs.job("stock.sync", "key-00001", GOOD));
    assertThat(state(kept).spec().schema()).isEqualTo("urn:pawl:contract:default:stock.sync:1");
    assertThatThrownBy(() -> jobs.enqueue(Jobs.job("stock.sync", "key-00002", BAD)))
        .isInstanceOfSatisfying(JobRefusedException.class, no -> {
          assertThat(no.code()).isEqualTo(UwerCode.SCHEMA_VIOLATION);
          assertThat(no.pointer()).isEqualTo("/body/payload/data/sku");
        });
    List<? extends JobAnswer<?>> answers = jobs.enqueueAll(List.of(Jobs.job("stock.sync", "key-00003", GOOD),
        Jobs.job("stock.sync", "key-00004", BAD), Jobs.job("stock.sync", "key-00005", GOOD)));
    assertThat(answers.stream().map(JobAnswer::ok)).containsExactly(true, false, true);
    try (var connection = DriverManager.getConnection(url)) {
      connection.setAutoCommit(false);
      assertThatThrownBy(() -> jobs.enqueueIn(connection, Jobs.job("stock.sync", "key-00006", BAD)))
          .isInstanceOf(JobRefusedException.class);
      connection.rollback();
    }
    assertThat(engine.jobs().find("default", "stock.sync", "key-00002")).isEmpty();
    assertThat(engine.jobs().find("default", "stock.sync", "key-00004")).isEmpty();
  }

  @Test
  void whatWasAcceptedUnderAnOlderVersionIsStillTheSameJob() {
    JobId before = jobs.enqueue(Jobs.job("stock.sync", "key-00001", BAD));
    agree("stock.sync");
    assertThat(jobs.enqueue(Jobs.job("stock.sync", "key-00001", BAD))).isEqualTo(before);
  }

  @Test
  void aWorkerLooksAgainAndWhatItBringsAboutIsHeldToItToo() throws Exception {
    JobId poison = jobs.enqueue(Jobs.job("stock.sync", "key-00001", BAD));
    agree("stock.sync");
    agree("stock.next");
    JobId parent = jobs.enqueue(Jobs.job("stock.start", "key-00002", GOOD));
    List<Object> seen = Collections.synchronizedList(new ArrayList<>());
    try (JobWorker worker = JobWorker.on(engine.worker(), engine.jobWork())
        .handler(Jobs.handler("stock.sync", Map.class, (job, stock) -> seen.add(stock)))
        .handler(Jobs.handler("stock.start", Map.class, (job, stock) ->
            job.spawn(Jobs.job("stock.next", "key-00003", job.attempt() == 1 ? BAD : GOOD))))
        .start()) {
      assertThat(worker).isNotNull();
      await(poison, JobPhase.DEAD_LETTERED);
      assertThat(state(poison).ending().cause()).isEqualTo(DeadLetterCause.POISON_PAYLOAD);
      assertThat(seen).isEmpty();
    }
    assertThat(engine.jobs().find("default", "stock.next", "key-00003")).isEmpty();
    assertThat(state(parent).phase()).isNotEqualTo(JobPhase.SUCCEEDED);
  }

  private void await(JobId id, JobPhase phase) throws InterruptedException {
    long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (state(id).phase() != phase) {
      if (System.nanoTime() > until) throw new AssertionError(state(id).toString());
      Thread.onSpinWait();
    }
  }

  @Test
  void contractsComeFromFiles(@TempDir Path folder) throws Exception {
    Files.createDirectories(folder.resolve("default"));
    Files.writeString(folder.resolve("default/stock.filed.json"), STOCK);
    List<String> said = new ArrayList<>();
    ContractFolder.register(folder, contracts, engine::isNamespace, said::add);
    ContractFolder.register(folder, contracts, engine::isNamespace, said::add); // the same again is the same version
    assertThat(said).hasSize(1);
    assertThatThrownBy(() -> jobs.enqueue(Jobs.job("stock.filed", "key-00001", BAD)))
        .isInstanceOf(JobRefusedException.class);
    Files.writeString(folder.resolve("default/stock.broken.json"), "{\"type\":7}");
    assertThatThrownBy(() -> ContractFolder.register(folder, contracts, engine::isNamespace, said::add))
        .isInstanceOf(RejectedException.class).hasMessageContaining("stock.broken.json");
  }
}
