package dev.pawl.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.conformance.cases.Contract;
import dev.pawl.conformance.suite.Case;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page that says which cases cover which row names cases that there are, and leaves none out. */
class CoverageTest {
  private static final Pattern NAMED = Pattern.compile("`(\\d+(?:\\.\\d+)?/[^`]*)`");

  private final List<Case> cases = Contract.suite().cases();

  @Test
  void thePageNamesEverySectionOfTheSuite() throws IOException {
    String page = Files.readString(root().resolve("docs/contracts/durable-workflow.md"));
    String table = page.substring(page.indexOf("## Which cases cover which row"));
    TreeSet<String> named = new TreeSet<>();
    var matcher = NAMED.matcher(table);
    while (matcher.find()) named.add(matcher.group(1));
    for (String prefix : named) {
      assertThat(cases).as("a case whose id begins with " + prefix).anyMatch(one -> one.id().startsWith(prefix));
    }
    assertThat(cases).filteredOn(one -> named.stream().noneMatch(one.id()::startsWith)).as("cases no row names")
        .isEmpty();
  }

  @Test
  void idsAndTitlesAreLegible() {
    assertThat(cases).allSatisfy(one -> {
      assertThat(one.id()).matches("\\d+(\\.\\d+)?/[^/\\s][^/]*");
      assertThat(one.title()).isNotBlank();
    });
    assertThat(cases.stream().map(Case::id).collect(Collectors.toSet())).hasSameSizeAs(cases);
  }

  private static Path root() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("ARCHITECTURE.md"))) return folder;
    }
    throw new IllegalStateException("expected to run inside Pawl's sources");
  }
}
