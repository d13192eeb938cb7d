package dev.pawl.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/contracts/uwer.md names every code with its status, every phase and every cause. */
class UwerPageTest {

  @Test
  void thePageNamesThemAll() throws IOException {
    String page = Files.readString(Path.of(System.getProperty("pawl.root", ".."), "docs/contracts/uwer.md"));
    for (UwerCode code : UwerCode.values()) {
      String status = code == UwerCode.BOUND_VIOLATED ? "" : " " + code.httpStatus();
      assertThat(page).contains("| %s |%s |".formatted(code.wire(), status));
    }
    for (JobPhase phase : JobPhase.values()) assertThat(page).contains("| `%s` |".formatted(phase));
    for (NodeState state : NodeState.values()) assertThat(page).contains("`%s`".formatted(state));
    for (JobEvent event : JobEvent.values()) {
      if (event.manual()) assertThat(page).contains("`%s`".formatted(event));
    }
    for (DeadLetterCause cause : DeadLetterCause.values()) {
      if (cause.redrivable()) assertThat(page).contains("`%s`".formatted(cause));
    }
  }

  @Test
  void codesAreUniqueAndReadBack() {
    for (UwerCode code : UwerCode.values()) assertThat(UwerCode.parse(code.wire())).contains(code);
    assertThat(UwerCode.parse("UWER-1")).isEmpty();
  }
}
