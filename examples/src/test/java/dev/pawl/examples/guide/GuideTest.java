package dev.pawl.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages say what the code says. {@code -Dpawl.quotes=write} brings the quotes in the pages up to date. */
class GuideTest {
  private static final Path ROOT = root();
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)#\\s]+)(#[^)]*)?\\)");
  private final Quotes quotes = new Quotes(ROOT);

  @ParameterizedTest
  @MethodSource("pages")
  void quotesAreTheCode(Path page) throws IOException {
    String text = Files.readString(ROOT.resolve(page));
    String fresh = quotes.refreshed(text);
    if ("write".equals(System.getProperty("pawl.quotes"))) Files.writeString(ROOT.resolve(page), fresh);
    else assertThat(text).as("%s; -Dpawl.quotes=write brings it up to date", page).isEqualTo(fresh);
  }

  @ParameterizedTest
  @MethodSource("pages")
  void allJavaIsQuoted(Path page) throws IOException {
    assertThat(quotes.unquoted(Files.readString(ROOT.resolve(page)))).as("%s", page).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksLeadSomewhere(Path page) throws IOException {
    List<String> broken = new ArrayList<>();
    Matcher link = LINK.matcher(Files.readString(ROOT.resolve(page)));
    while (link.find()) {
      String target = link.group(1);
      if (target.contains("://")) continue;
      if (!Files.exists(ROOT.resolve(page).resolveSibling(target))) broken.add(target);
    }
    assertThat(broken).as("%s", page).isEmpty();
  }

  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(Path.of("README.md")));
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().map(ROOT::relativize).forEach(pages::add);
    }
    return pages;
  }

  static Path root() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("ARCHITECTURE.md"))) return folder;
    }
    throw new IllegalStateException("expected to run inside Pawl's sources");
  }
}
