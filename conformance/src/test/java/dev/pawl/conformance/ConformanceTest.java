package dev.pawl.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.conformance.cases.Contract;
import dev.pawl.conformance.scene.CarrierDesk;
import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.scene.Stage;
import dev.pawl.conformance.suite.Case;
import dev.pawl.conformance.suite.Result;
import dev.pawl.conformance.suite.Result.Verdict;
import dev.pawl.conformance.suite.Runner;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Credential;
import dev.pawl.conformance.wire.Target;
import dev.pawl.server.PawlServer;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The whole contract, asked of Pawl's server on each kind of database. */
class ConformanceTest {
  private static final int AT_ONCE = 24;
  private static final Credential WORKER = new Credential.Token("work");
  private static final Credential OPERATOR = new Credential.Token("operate");
  private static final Credential ADMIN = new Credential.Token("administer");
  private static final List<String> BY_ROLE =
      List.of("--worker-token", "work", "--operator-token", "operate", "--admin-token", "administer");

  private final Suite suite = Contract.suite();

  @TestFactory
  Stream<DynamicTest> onSqlite(@TempDir Path folder) throws InterruptedException {
    return byRole("jdbc:sqlite:" + folder.resolve("pawl.db"), folder, List.of());
  }

  @TestFactory
  Stream<DynamicTest> onPostgres(@TempDir Path folder) throws InterruptedException {
    return byRole(Databases.postgres().fresh(), folder);
  }

  @TestFactory
  Stream<DynamicTest> onMariadb(@TempDir Path folder) throws InterruptedException {
    return byRole(Databases.mariadb().fresh(), folder);
  }

  @TestFactory
  Stream<DynamicTest> withOneTokenForEverything(@TempDir Path folder) throws InterruptedException {
    try (PawlServer server = server("jdbc:sqlite:" + folder.resolve("pawl.db"), List.of("--auth-token", "sesame"))) {
      return played(Target.of(url(server), "default", new Credential.Token("sesame")), access(Feature.ROLES), null);
    }
  }

  @TestFactory
  Stream<DynamicTest> withSignatures(@TempDir Path folder) throws InterruptedException {
    try (PawlServer server = server("jdbc:sqlite:" + folder.resolve("pawl.db"), List.of("--auth", "signature",
        "--worker-signature-key", "w", "--operator-signature-key", "o", "--admin-signature-key", "a"))) {
      return played(Target.of(url(server), "default", new Credential.Key("w"), new Credential.Key("o"),
          new Credential.Key("a")), access(Feature.ONE_CALLER), null);
    }
  }

  /** The cases about access, but for those that this kind of caller cannot play. */
  private List<Case> access(Feature impossible) {
    return suite.cases("2/").stream().filter(one -> !one.needs().contains(impossible)).toList();
  }

  private Stream<DynamicTest> byRole(Database database, Path folder) throws InterruptedException {
    return byRole(database.jdbcUrl(), folder, List.of("--database-user", database.user(), "--database-password",
        database.password()));
  }

  private Stream<DynamicTest> byRole(String database, Path folder, List<String> more) throws InterruptedException {
    List<String> options = new ArrayList<>(BY_ROLE);
    options.addAll(List.of("--storage-folder", folder.resolve("payloads").toString()));
    options.addAll(more);
    try (CarrierDesk carrier = new CarrierDesk(0)) {
      options.addAll(List.of("--external-executor-config", carriers(folder, carrier).toString()));
      return byRole(database, options, carrier);
    }
  }

  private Stream<DynamicTest> byRole(String database, List<String> options, CarrierDesk carrier)
      throws InterruptedException {
    try (PawlServer server = server(database, options)) {
      Stream<DynamicTest> tests =
          played(Target.of(url(server), "default", WORKER, OPERATOR, ADMIN), suite.cases(), carrier);
      assertThat(server.engine().verify()).isEmpty();
      return tests;
    }
  }

  /** The file that the page about this suite shows, with the port of this run. */
  private static Path carriers(Path folder, CarrierDesk carrier) {
    String page = Pages.text("conformance.md");
    String file = page.substring(page.indexOf("```json") + "```json".length(), page.indexOf("```", page.indexOf("```json") + 3));
    try {
      return Files.writeString(folder.resolve("carriers.json"), file.replace("8099", String.valueOf(carrier.port())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PawlServer server(String database, List<String> more) {
    List<String> options = new ArrayList<>(List.of("--database", database, "--port", "0", "--host", "127.0.0.1"));
    options.addAll(more);
    return PawlServer.open(ServerConfig.of(options, Map.of()), line -> {});
  }

  private static String url(PawlServer server) {
    return "http://127.0.0.1:" + server.port();
  }

  /** The cases run side by side; each verdict is then a test. */
  private Stream<DynamicTest> played(Target target, List<Case> cases, @Nullable CarrierDesk carrier)
      throws InterruptedException {
    List<Result> results;
    try (Stage stage = new Stage(target, false, carrier)) {
      results = new Runner(stage, AT_ONCE).play(cases, result -> {});
    }
    return results.stream().map(one -> DynamicTest.dynamicTest(one.played().id(), () -> judged(one)));
  }

  private static void judged(Result result) {
    Assumptions.assumeFalse(result.verdict() == Verdict.SKIPPED, result.why());
    assertThat(result.verdict()).as("%s: %s%n%s", result.played().title(), result.why(), result.transcript())
        .isEqualTo(Verdict.PASSED);
  }
}
