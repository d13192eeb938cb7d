package dev.pawl.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.conformance.cases.Contract;
import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.suite.Case;
import dev.pawl.conformance.suite.Suite;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page that says which cases cover which row names cases that there are, and leaves none out. */
class CoverageTest {
  private static final Pattern NAMED = Pattern.compile("`(\\d+(?:\\.\\d+)?/[^`]*)`");

  private final Suite suite = Contract.suite();
  private final List<Case> cases = suite.cases();

  @Test
  void thePageNamesEverySectionOfTheSuite() {
    String page = Pages.text("durable-workflow.md");
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

  /** Every case with its section; written anew with -Dpawl.write=true. */
  @Test
  void thePageOfCasesIsTheSuite() throws IOException {
    StringBuilder page = new StringBuilder("""
        # The cases of the conformance suite

        Generated from the suite: `./pawl conformance --list` prints the same. *Needs* is what a server may lack; then the
        case is skipped. There are %d cases.
        """.formatted(cases.size()));
    Map<String, List<Case>> sections = new TreeMap<>(Comparator.comparing(CoverageTest::number));
    for (Case one : cases) sections.computeIfAbsent(section(one), any -> new ArrayList<>()).add(one);
    sections.forEach((number, all) -> {
      page.append("\n## %s %s\n\n| case | what has to hold | needs |\n|---|---|---|\n".formatted(number,
          suite.section(all.getFirst())));
      all.sort(Comparator.comparing(Case::id));
      for (Case one : all) {
        page.append("| `%s` | %s | %s |\n".formatted(one.id(), one.title().replace("|", "\\|"),
            one.needs().stream().map(Feature::spoken).collect(Collectors.joining(", "))));
      }
    });
    if (Boolean.getBoolean("pawl.write")) Files.writeString(Pages.path("conformance-cases.md"), page);
    assertThat(Pages.text("conformance-cases.md")).as("run this test with -Dpawl.write=true").isEqualTo(page.toString());
  }

  private static String section(Case one) {
    return one.id().substring(0, one.id().indexOf('/'));
  }

  private static int number(String section) {
    String[] part = section.split("\\.");
    return Integer.parseInt(part[0]) * 100 + (part.length == 1 ? 0 : Integer.parseInt(part[1]));
  }
}
