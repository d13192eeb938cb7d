package dev.pawl.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every test that a page names as its proof is there. */
class PagesTest {
  private static final Path ROOT = root();
  private static final Pattern NAMED = Pattern.compile("`(\\w+Test)#(\\w+)`");

  @ParameterizedTest
  @ValueSource(strings = {"guarantees.md", "faults.md"})
  void namesTestsThatExist(String page) throws IOException {
    Map<String, String> sources = sources();
    List<String> missing = new ArrayList<>();
    var named = NAMED.matcher(Files.readString(ROOT.resolve("docs/operations").resolve(page)));
    int count = 0;
    for (; named.find(); count++) {
      String source = sources.get(named.group(1));
      if (source == null || !source.contains(" void " + named.group(2) + "(")) missing.add(named.group());
    }
    assertThat(missing).isEmpty();
    assertThat(count).isGreaterThan(20);
  }

  private static Map<String, String> sources() throws IOException {
    var sources = new HashMap<String, String>();
    try (var files = Files.find(ROOT, 20, (path, is) -> path.toString().endsWith("Test.java"))) {
      // Two modules may have a test of one name.
      for (Path file : files.toList()) {
        sources.merge(file.getFileName().toString().replace(".java", ""), Files.readString(file), String::concat);
      }
    }
    return sources;
  }

  private static Path root() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("ARCHITECTURE.md"))) return folder;
    }
    throw new IllegalStateException("expected to run inside Pawl's sources");
  }
}
