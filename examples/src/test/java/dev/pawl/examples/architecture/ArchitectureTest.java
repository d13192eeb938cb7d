package dev.pawl.examples.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who may know whom. The modules and what they import are ARCHITECTURE.md's; a new module fails here
 * until it is written down in {@link #IMPORTS}.
 */
class ArchitectureTest {
  private static final Path ROOT = root();

  /** Module to the packages that its main classes may use beyond the JDK, JSpecify and its own. */
  private static final Map<String, List<String>> IMPORTS = Map.ofEntries(
      Map.entry("core", List.of()),
      Map.entry("protocol", List.of("dev.pawl.core..", "tools.jackson..", "org.xml.sax..", "com.fasterxml.jackson.annotation..")),
      Map.entry("engine", List.of("dev.pawl.core..", "dev.pawl.protocol..", "org.slf4j..", "com.zaxxer.hikari..",
          "org.sqlite..", "org.postgresql..", "org.mariadb..")),
      Map.entry("sdk", List.of("dev.pawl.core..", "dev.pawl.protocol..", "org.slf4j..", "tools.jackson..")),
      Map.entry("redis", List.of("dev.pawl.engine..", "org.slf4j..", "io.lettuce..")),
      Map.entry("server", List.of("dev.pawl.core..", "dev.pawl.protocol..", "dev.pawl.engine..", "dev.pawl.redis..",
          "dev.pawl.contracts..", "org.slf4j..", "io.vertx..", "tools.jackson..")),
      Map.entry("contracts", List.of("dev.pawl.core..", "dev.pawl.protocol..", "dev.pawl.engine..", "com.networknt..")),
      Map.entry("conformance", List.of("dev.pawl.protocol..", "tools.jackson..", "com.sun.net.httpserver..")),
      Map.entry("testkit", List.of("dev.pawl.core..", "dev.pawl.protocol..", "dev.pawl.engine..", "dev.pawl.sdk..",
          "org.slf4j..", "org.junit.jupiter.api..", "org.opentest4j..")),
      Map.entry("testbed", List.of("org.slf4j..", "org.junit.jupiter.api..", "org.opentest4j..",
          "org.apache.commons.compress..", "org.tukaani.xz..")),
      Map.entry("examples", List.of("dev.pawl.core..", "dev.pawl.protocol..", "dev.pawl.engine..", "dev.pawl.sdk..",
          "dev.pawl.testkit..", "org.slf4j..", "tools.jackson..", "com.fasterxml.jackson.annotation..",
          "io.micrometer..")),
      Map.entry("chaos", List.of("dev.pawl.core..", "dev.pawl.protocol..", "dev.pawl.engine..", "dev.pawl.sdk..",
          "dev.pawl.testbed..")),
      Map.entry("benchmarks", List.of("dev.pawl.core..", "dev.pawl.protocol..", "dev.pawl.engine..", "dev.pawl.sdk..",
          "dev.pawl.server..", "dev.pawl.testbed..", "com.zaxxer.hikari..", "dev.dbos..", "com.github.kagkarlsson..", "org.jobrunr..",
          "jdk.jfr..")));

  /** The one place of the engine that asks the system what time it is; everyone below is told. */
  private static final String ENGINE_CLOCK = "dev.pawl.engine.store.sql.Timekeeper";

  private static final JavaClasses MAIN = imported("target/classes");
  private static final JavaClasses TESTS = imported("target/test-classes");

  @Test
  void everyModuleIsKnownHere() throws IOException {
    try (var folders = Files.list(ROOT)) {
      var modules = folders.filter(folder -> Files.isDirectory(folder.resolve("src/main/java")))
          .map(folder -> folder.getFileName().toString()).collect(toCollection(TreeSet::new));
      assertThat(modules).isEqualTo(new TreeSet<>(IMPORTS.keySet()));
    }
  }

  @ParameterizedTest
  @MethodSource("modules")
  void importsOnlyWhatItMay(String module) {
    var allowed = new ArrayList<>(IMPORTS.get(module));
    allowed.addAll(List.of("dev.pawl." + module + "..", "org.jspecify.annotations..", "java.."));
    if (!module.equals("core")) allowed.add("javax..");
    holds(classes().that().resideInAPackage("dev.pawl." + module + "..")
        .should().onlyDependOnClassesThat(resideInAnyPackage(allowed.toArray(String[]::new))
            .or(describe("arrays of primitives", (JavaClass type) -> type.getPackageName().isEmpty())))
        .because("module %s imports only what ARCHITECTURE.md allows it".formatted(module)));
  }

  @Test
  void coreImportsJavaBaseOnly() {
    holds(noClasses().that().resideInAPackage("dev.pawl.core..")
        .should().dependOnClassesThat().resideInAnyPackage("java.sql..", "java.util.logging..", "java.net.http..",
            "java.beans..", "java.lang.management..", "java.lang.instrument..", "java.rmi..", "java.awt..", "java.util.prefs..")
        .because("core is rules, and rules need java.base only"));
  }

  @Test
  void jacksonStaysBehindOnePackagePerModule() {
    holds(noClasses().that(resideInAPackage("dev.pawl..")
            .and(not(
                resideInAnyPackage("dev.pawl.protocol.json..", "dev.pawl.sdk.payload..", "dev.pawl.server.json..",
                    "dev.pawl.conformance.json..", "dev.pawl.examples.."))))
        .should().dependOnClassesThat().resideInAnyPackage("tools.jackson..")
        .because("the mapper can be swapped only where few know it"));
  }

  @Test
  void oneClassKnowsTheHttpLibrary() {
    holds(noClasses().that(resideInAPackage("dev.pawl..")
            .and(not(describe("the listener", type -> type.getName().startsWith("dev.pawl.server.http.HttpListener")))))
        .should().dependOnClassesThat().resideInAnyPackage("io.vertx..")
        .because("the library can be swapped where one class knows it"));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void packagesOfAModuleFormNoCycle(String module) {
    holds(slices().matching("dev.pawl." + module + ".(**)").should().beFreeOfCycles());
  }

  @Test
  void namesSayTheJob() {
    holds(noClasses().should().haveSimpleNameEndingWith("Manager")
        .orShould().haveSimpleNameEndingWith("Helper").orShould().haveSimpleNameEndingWith("Helpers")
        .orShould().haveSimpleNameEndingWith("Util").orShould().haveSimpleNameEndingWith("Utils")
        .orShould().haveSimpleNameEndingWith("Impl").orShould().haveSimpleNameStartingWith("Default")
        .because("a name says what a class does, not which pattern it follows"));
  }

  @Test
  void theClockIsReadAtTheEdge() {
    var rule = noClasses().that().resideInAnyPackage("dev.pawl.core..", "dev.pawl.protocol..", "dev.pawl.engine..")
        .and().doNotHaveFullyQualifiedName(ENGINE_CLOCK)
        .should().callMethod(System.class, "currentTimeMillis")
        .orShould().callMethod(Instant.class, "now")
        .orShould().callMethod(Clock.class, "systemUTC")
        .orShould().callMethod(Clock.class, "systemDefaultZone")
        .orShould().callMethod(InstantSource.class, "system");
    for (Class<?> type : List.of(LocalDate.class, LocalTime.class, LocalDateTime.class, OffsetDateTime.class, ZonedDateTime.class)) {
      rule = rule.orShould().callMethod(type, "now");
    }
    holds(rule.because("now is an argument, read once at the edge (by " + ENGINE_CLOCK + ")"));
  }

  @Test
  void coreHasNoRandomnessOfItsOwn() {
    holds(noClasses().that().resideInAPackage("dev.pawl.core..")
        .and().haveSimpleNameNotEndingWith("Id") // ids are drawn at the edge, by their own factory
        .should().callMethod(java.util.UUID.class, "randomUUID")
        .orShould().callMethod(Math.class, "random")
        .orShould().callConstructor(java.util.Random.class)
        .because("the same state and request must always be decided in the same way"));
  }

  @Test
  void testsDoNotSleep() {
    holds(TESTS, noClasses().should().callMethod(Thread.class, "sleep", long.class)
        .orShould().callMethod(Thread.class, "sleep", java.time.Duration.class)
        .orShould().callMethod(Thread.class, "sleep", long.class, int.class)
        .because("a test that sleeps is slow or flaky: tick a duty, or wait for what should happen"));
  }

  static List<String> modules() {
    return IMPORTS.keySet().stream().sorted().toList();
  }

  private static void holds(ArchRule rule) {
    holds(MAIN, rule);
  }

  private static void holds(JavaClasses classes, ArchRule rule) {
    rule.allowEmptyShould(true).check(classes);
  }

  private static JavaClasses imported(String folder) {
    return new ClassFileImporter().importPaths(IMPORTS.keySet().stream()
        .map(module -> ROOT.resolve(module).resolve(folder)).filter(Files::isDirectory).toList());
  }

  private static Path root() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("ARCHITECTURE.md"))) return folder;
    }
    throw new IllegalStateException("expected to run inside Pawl's sources");
  }
}
