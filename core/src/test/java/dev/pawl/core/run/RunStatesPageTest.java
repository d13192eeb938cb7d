package dev.pawl.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Walks every request through every state and compares with docs/run-states.md: a difference in the page is a change in
 * behaviour. {@code -Dpawl.write=true} writes the page.
 */
class RunStatesPageTest {
  private static final String HEAD = """
      # What every request does in every state

      Written by `RunStatesPageTest` from the rules themselves; never edit it. A build fails when the page and the rules
      differ; `mvn -pl core test -Dtest=RunStatesPageTest -Dpawl.write=true` writes it anew, and its diff is the change in
      behaviour.

      The states:

      | state | the run |
      |---|---|
      | ABSENT | the workflow id was never used |
      | DELAYED | started with a delay that has not passed |
      | READY | started, no worker looked at it yet |
      | FIRST_LEASE | a worker has it, the first time |
      | WAITING | waits for a leased activity (step 1), a timer (2), a child that has started (3) and the answer of another workflow (4); update u-1 is accepted and not completed |
      | LEASED | the same, and a worker has it, because a signal came |
      | PAUSED | the same as WAITING, and paused |
      | BLOCKED | the same as WAITING, and blocked |
      | CLOSED | the same as WAITING, then completed |

      How to read a line: events appended (in order); what is posted, opened or closed beside the history; the state of the
      workflow task afterwards. `same`: an answer, and nothing is written. A word in `code` is a refusal, and nothing is
      written. Ledger lines, remembered request ids, chain pointers and mails that are taken back are left out.
      """;

  @Test
  void thePageIsWhatTheRulesDo() throws IOException {
    Path page = root().resolve("docs/run-states.md");
    String now = page();
    if (Boolean.getBoolean("pawl.write")) Files.writeString(page, now);
    assertThat(Files.exists(page) ? Files.readString(page) : "").isEqualTo(now);
  }

  @Test
  void noRequestIsForgotten() throws Exception {
    Set<String> kinds = new TreeSet<>();
    Path classes = Path.of(Request.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.list(classes.resolve("dev/pawl/core/run"))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (!name.endsWith(".class") || name.contains("$") || name.equals("package-info.class")) continue;
        Class<?> kind = Class.forName("dev.pawl.core.run." + name.substring(0, name.length() - 6));
        if (Request.class.isAssignableFrom(kind) && !kind.isInterface()) kinds.add(kind.getSimpleName());
      }
    }
    Set<String> sampled = new TreeSet<>();
    Samples.all().forEach(sample -> sampled.add(sample.request()));
    assertThat(sampled).isEqualTo(kinds);
  }

  private static Path root() {
    Path at = Path.of(System.getProperty("pawl.root", "")).toAbsolutePath();
    while (!Files.exists(at.resolve("core/pom.xml"))) at = at.getParent();
    return at;
  }

  private static String page() {
    StringBuilder page = new StringBuilder(HEAD);
    String before = "";
    for (Samples.Sample sample : Samples.all()) {
      if (!sample.request().equals(before)) page.append("\n## ").append(sample.request()).append('\n');
      before = sample.request();
      page.append('\n');
      if (!sample.variant().isEmpty()) page.append(sample.variant()).append(":\n\n");
      page.append("| state | what happens |\n|---|---|\n");
      Map<String, List<State>> lines = new LinkedHashMap<>();
      for (State state : State.values()) {
        lines.computeIfAbsent(summary(sample, state), key -> new ArrayList<>()).add(state);
      }
      lines.forEach((what, states) -> page.append("| ")
          .append(states.stream().map(State::name).collect(Collectors.joining(", ")))
          .append(" | ").append(what).append(" |\n"));
    }
    return page.toString();
  }

  private static String summary(Samples.Sample sample, State state) {
    World world = state.world();
    Request<?> request = sample.of().apply(world);
    assertThat(request.name()).isEqualTo(sample.request());
    return Summary.of(world.decide(request));
  }
}
