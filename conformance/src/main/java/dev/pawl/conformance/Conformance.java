package dev.pawl.conformance;

import dev.pawl.conformance.cases.Contract;
import dev.pawl.conformance.report.JunitXml;
import dev.pawl.conformance.report.Page;
import dev.pawl.conformance.report.Tally;
import dev.pawl.conformance.scene.CarrierDesk;
import dev.pawl.conformance.scene.Stage;
import dev.pawl.conformance.suite.Case;
import dev.pawl.conformance.suite.Result;
import dev.pawl.conformance.suite.Runner;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Unmet;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code ./pawl conformance}: plays the suite against any address and says what came of it. */
public final class Conformance {
  private static final int FINE = 0;
  private static final int FAILED = 1;
  private static final int NOT_BEGUN = 2;

  private final PrintStream out;
  private final PrintStream err;

  Conformance(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  public static void main(String[] arguments) throws Exception {
    System.exit(new Conformance(System.out, System.err).run(List.of(arguments)));
  }

  /** @return the exit code */
  int run(List<String> arguments) throws InterruptedException, IOException {
    if (arguments.isEmpty() || arguments.contains("--help")) {
      out.print(Options.USAGE);
      return arguments.isEmpty() ? NOT_BEGUN : FINE;
    }
    Options options;
    try {
      options = Options.of(arguments);
    } catch (IllegalArgumentException e) {
      err.println("pawl conformance: " + e.getMessage() + "; --help says more");
      return NOT_BEGUN;
    }
    Suite suite = Contract.suite();
    List<Case> cases = suite.cases(options.only());
    if (cases.isEmpty()) {
      err.printf("pawl conformance: no case begins with '%s'; --list prints them all%n", options.only());
      return NOT_BEGUN;
    }
    if (options.list()) {
      cases.forEach(one -> out.printf("%-48s %s%n", one.id(), one.title()));
      return FINE;
    }
    Integer port = options.carrier();
    try (CarrierDesk carrier = port == null ? null : new CarrierDesk(port);
        Stage stage = new Stage(options.target(), options.slow(), carrier)) {
      return play(options, suite, cases, stage);
    } catch (UncheckedIOException | Unmet e) {
      err.println("pawl conformance: the run could not begin, at the server's discovery document or the carrier's port: " + e.getMessage());
      return NOT_BEGUN;
    }
  }

  private int play(Options options, Suite suite, List<Case> cases, Stage stage)
      throws InterruptedException, IOException {
    Instant began = Instant.now();
    List<Result> results = new Runner(stage, options.atOnce()).play(cases, this::said);
    Map<String, Integer> skipped = new TreeMap<>();
    for (Result one : results) {
      if (one.verdict() == Result.Verdict.SKIPPED) skipped.merge(one.why(), 1, Integer::sum);
    }
    skipped.forEach((why, count) -> out.printf("skipped %d: %s%n", count, why));
    Map<String, String> about = new LinkedHashMap<>();
    about.put("server", options.target().url());
    about.put("it calls itself", "%s %s".formatted(stage.info().at("server_id"), stage.info().at("version")));
    about.put("worker protocol", String.valueOf(stage.info().at("worker_protocol/version")));
    about.put("began", began.toString());
    about.put("took", "%.1f s".formatted(Duration.between(began, Instant.now()).toMillis() / 1000.0));
    Path folder = options.report();
    if (folder != null) {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("junit.xml"), JunitXml.of(options.target().url(), results));
      Files.writeString(folder.resolve("report.html"), Page.of(suite, about, results));
      out.println("reports: " + folder.resolve("report.html") + ", " + folder.resolve("junit.xml"));
    }
    Tally tally = Tally.of(results);
    out.printf("%s, in %s%n", tally, about.get("took"));
    return tally.failed() > 0 ? FAILED : FINE;
  }

  private synchronized void said(Result result) {
    if (result.verdict() != Result.Verdict.FAILED) return;
    out.printf("FAILED %s: %s%n       %s%n", result.played().id(), result.played().title(), result.why());
  }
}
