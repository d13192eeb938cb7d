package dev.pawl.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.client.PatientClient;
import dev.pawl.chaos.node.Meddler;
import dev.pawl.chaos.node.Node;
import dev.pawl.chaos.program.Interpreter;
import dev.pawl.chaos.round.Round;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Until;
import dev.pawl.testbed.check.RoundVerdict;
import dev.pawl.testbed.check.RoundVerdict.Colour;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** A round with an engine of its own, a node in this JVM when wanted, and programs by their text. */
final class Scenario implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(Integer.getInteger("pawl.patience", 60));

  final Round round;
  final PawlEngine pawl;
  private final List<AutoCloseable> nodes = new ArrayList<>();

  Scenario(Database database, Path folder) {
    this(new Round(database, folder), database);
  }

  /** @param through how the engine speaks to the database */
  Scenario(Round round, Database through) {
    this(round, round.engine(through));
  }

  /** @param pawl an engine of the round */
  Scenario(Round round, PawlEngine pawl) {
    this.round = round;
    this.pawl = pawl;
  }

  /** Starts a worker in this JVM. */
  Node work(String name) {
    return work(pawl, name);
  }

  Node work(PawlEngine engine, String name) {
    var node = new Node(engine, round.ledger(), round.jobLedger(), name, new Meddler(0, 0, trick -> {}));
    nodes.add(node);
    return node;
  }

  PatientClient client(String name) {
    return client(pawl, name);
  }

  PatientClient client(PawlEngine engine, String name) {
    return new PatientClient(engine.control(), round.log(), name, SOON);
  }

  static Payload text(String text) {
    return Payload.json("\"" + text + "\"");
  }

  void start(PatientClient client, String workflowId, String program) {
    client.start(workflowId, Interpreter.TYPE, Interpreter.QUEUE, text(program));
  }

  /** Its total, once it has ended. */
  static String total(ControlApi.RunResult result) {
    assertThat(result.outcome()).isInstanceOf(dev.pawl.core.value.Outcome.Success.class);
    return ((dev.pawl.core.value.Outcome.Success) result.outcome()).result().text();
  }

  /** Lets several do something at the same instant, by their numbers from 0. */
  static void atOnce(int count, IntConsumer what) throws Exception {
    var barrier = new CyclicBarrier(count);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        all.add(threads.submit(() -> {
          barrier.await();
          what.accept(number);
          return null;
        }));
      }
      for (Future<?> one : all) one.get();
    }
  }

  static void await(Supplier<Boolean> condition) {
    Until.holds(SOON, condition::get);
  }

  /** Step, cause and time of each lease that was taken back. */
  List<String> revoked() {
    return round.rows("select step, cause, at from pawl_transitions where what = 'LEASE_REVOKED' order by at").stream()
        .map(row -> "step %d %s at %d".formatted(row.number("step"), row.text("cause"), row.number("at")))
        .toList();
  }

  void allIsWell() {
    RoundVerdict verdict = round.judge(1, List.of());
    assertThat(verdict.colour()).as(verdict.summary()).isEqualTo(Colour.GREEN);
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable node : nodes.reversed()) node.close();
    round.close();
  }
}
