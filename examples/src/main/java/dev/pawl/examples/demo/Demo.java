package dev.pawl.examples.demo;

import dev.pawl.core.run.RunEvent;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.core.value.Failure;
import dev.pawl.engine.PawlEngine;
import dev.pawl.examples.demo.Effects.Counted;
import dev.pawl.examples.demo.Effects.Expected;
import dev.pawl.examples.demo.Journal.Kind;
import dev.pawl.examples.demo.Timeline.Tone;
import dev.pawl.examples.order.Order;
import dev.pawl.examples.order.Receipt;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowFailedException;
import dev.pawl.sdk.client.WorkflowHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Shows that a program survives: starts an order in a worker process, kills that process in the middle of the charge,
 * starts another, and counts what happened to the world outside.
 */
public final class Demo {
  /** Short, so that nobody waits long for the lease of the killed worker to run out; the default is 15 s. */
  private static final LeaseTimings LEASES = new LeaseTimings(Duration.ofSeconds(1), Duration.ofSeconds(3),
      Duration.ofSeconds(1), Duration.ofMillis(250), Duration.ofSeconds(60));

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final List<Expected> EXPECTED = List.of(
      new Expected("order-1", "reserve"), new Expected("order-1", "charge"), new Expected("order-1", "ship"),
      new Expected("order-2", "reserve"), new Expected("order-2", "release"));

  private final Path folder;
  private final Timeline timeline;
  private final Journal journal;

  private Demo(Path folder, Timeline timeline) {
    this.folder = folder;
    this.timeline = timeline;
    this.journal = new Journal(folder.resolve("effects.tsv"));
  }

  public static void main(String[] args) throws Exception {
    boolean keep = List.of(args).contains("--keep");
    if (args.length > (keep ? 1 : 0)) {
      System.err.println("usage: ./pawl demo [--keep]     --keep leaves the database and the effect file behind");
      System.exit(2);
    }
    Path folder = Files.createTempDirectory("pawl-demo-");
    if (!keep) Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
    boolean right = false;
    try {
      right = new Demo(folder, new Timeline(System.out, Timeline.wanted(), Instant.now())).run(keep);
    } catch (IllegalStateException | IOException e) {
      System.err.println("The demo went wrong: " + e.getMessage());
    }
    System.exit(right ? 0 : 1);
  }

  private boolean run(boolean keep) throws Exception {
    timeline.say("Two orders, one of which loses its worker to kill -9 while the card is being charged.");
    timeline.say("Everything is in one SQLite file. Leases last %d s here instead of 15 s, so that you need not wait."
        .formatted(LEASES.leaseTime().toSeconds()));
    timeline.say("Workers are processes of their own; numbers are those of the events in an order's history.");
    timeline.heading("What happened");
    act("opens the database");
    boolean right;
    try (PawlEngine engine = open(folder.resolve("pawl.db"))) {
      PawlClient client = PawlClient.on(engine.control()).queue("orders");
      Story story = new Story(client, timeline, journal);
      WorkflowHandle first = client.handle("order-1");
      WorkflowHandle second = client.handle("order-2");
      act(client, story);
      timeline.heading("What the world saw");
      right = count(story);
      timeline.heading("How it ended");
      timeline.say("order-1  " + first.result(Receipt.class));
      timeline.say("order-2  " + failureOf(second));
    }
    timeline.heading("Read on");
    timeline.say("examples/src/main/java/dev/pawl/examples/demo/ApprovedOrder.java   the program that was killed");
    timeline.say("docs/guide/start.md                                                write your own");
    if (keep) timeline.say("%s   the database, and what the world saw: effects.tsv".formatted(folder));
    return right;
  }

  private void act(PawlClient client, Story story) throws IOException, InterruptedException {
    try (WorkerProcess doomed = startWorker(1)) {
      act("starts order-1");
      story.follow(client.start("approved-order", "order-1", new Order("order-1", "lamp", 2, 4_900)));
      story.until("the reservation", () -> story.recorded("order-1", RunEvent.StepCompleted.class), PATIENCE);
      act("approves order-1");
      client.handle("order-1").signal("approve", "jane");
      story.until("the charge", () -> story.saw(Kind.DONE, "charge", "order-1"), PATIENCE);
      doomed.kill();
      timeline.at(Instant.now(), "demo", Tone.CRASH,
          "kill -9 %d: worker 1 is dead. The card is charged, but nobody knows".formatted(doomed.pid()));
    }
    try (WorkerProcess heir = startWorker(2)) {
      act("order-1 rests until the lease of worker 1 has run out");
      act("starts and approves order-2, which costs more than its card has");
      story.follow(client.start("approved-order", "order-2", new Order("order-2", "piano", 1, 450_000),
          opts -> opts.withSignal("approve", "jane")));
      story.until("the end of order-2", () -> story.recorded("order-2", RunEvent.WorkflowFailed.class), PATIENCE);
      story.until("the end of order-1", () -> story.recorded("order-1", RunEvent.WorkflowCompleted.class), PATIENCE);
      act("asks worker 2 to stop");
      if (!heir.stop()) throw new IllegalStateException("worker 2 did not stop cleanly");
    }
  }

  private WorkerProcess startWorker(int number) throws IOException {
    WorkerProcess worker = WorkerProcess.start(number, folder.resolve("pawl.db"), folder.resolve("effects.tsv"),
        folder.resolve("worker-" + number + ".log").toFile());
    act("starts worker %d, process %d".formatted(number, worker.pid()));
    return worker;
  }

  private void act(String text) {
    timeline.at(Instant.now(), "demo", Tone.ACT, text);
  }

  /** Whether everything was done and recorded once. */
  private boolean count(Story story) {
    Effects effects = new Effects(story.lines(), story.histories());
    timeline.say("                     asked  done  recorded");
    for (Counted each : effects.count(EXPECTED)) {
      timeline.say("  %-7s  %-8s %7d %5d %9d%s".formatted(each.effect().order(), each.effect().what(), each.asked(),
          each.done(), each.recorded(), each.asked() > 1 ? "   asked again after the kill, with the same key" : ""));
    }
    List<String> wrong = effects.wrong(EXPECTED);
    if (wrong.isEmpty()) {
      timeline.say("Checked: each of the %d effects was done once and recorded once, and there is no other."
          .formatted(EXPECTED.size()));
    }
    wrong.forEach(each -> timeline.at(Instant.now(), "WRONG", Tone.CRASH, each));
    return wrong.isEmpty();
  }

  private static String failureOf(WorkflowHandle order) {
    try {
      return "unexpected: " + order.result(Receipt.class, Duration.ofSeconds(1));
    } catch (WorkflowFailedException e) {
      Failure root = e.failure();
      while (root.cause() != null) root = root.cause();
      return "failed: %s, %s".formatted(root.type(), root.message());
    }
  }

  /** A node on the database file; any number of processes may be one. */
  static PawlEngine open(Path database) {
    return PawlEngine.open("jdbc:sqlite:" + database, config -> config.leases = LEASES);
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
    } catch (IOException left) {
      System.err.println("could not delete " + folder);
    }
  }
}
