package dev.pawl.examples.guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Quotes of code in a page. A quote is a line {@code <!-- quote: order/OrderWorkflow.java#stubs -->} and the fenced
 * block under it, which holds what lies between {@code tag::stubs[]} and {@code end::stubs[]} in the source. Sources are
 * looked for under the examples' main and test packages; tags inside a region are left out, and so is its indentation.
 *
 * <p>A line {@code <!-- output: forgotten-key.txt -->} stands over what a test said, see {@link Outputs}.
 */
final class Quotes {
  private static final Pattern MARKER = Pattern.compile("<!-- quote: (\\S+)#(\\S+) -->");
  private static final Pattern OUTPUT = Pattern.compile("<!-- output: (\\S+) -->");
  private static final Pattern TAG = Pattern.compile("\\s*// (tag|end)::(\\S+)\\[]\\s*");
  private final Path root;

  Quotes(Path root) {
    this.root = root;
  }

  /** The page with every quote as its source has it. */
  String refreshed(String page) throws IOException {
    List<String> lines = page.lines().toList();
    List<String> out = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      out.add(lines.get(i));
      Matcher marker = MARKER.matcher(lines.get(i));
      Matcher output = OUTPUT.matcher(lines.get(i));
      if (!marker.matches() && !output.matches()) continue;
      if (i + 1 >= lines.size() || !lines.get(i + 1).startsWith("```")) {
        throw new AssertionError("expected a fenced block under " + lines.get(i));
      }
      out.add(lines.get(++i));
      if (marker.matches()) out.addAll(region(marker.group(1), marker.group(2)));
      else out.addAll(Files.readAllLines(Outputs.file(root, output.group(1))));
      do i++; while (!lines.get(i).equals("```"));
      out.add("```");
    }
    return String.join("\n", out) + "\n";
  }

  /** Java that stands in a page without being quoted from anywhere, by line number. */
  List<String> unquoted(String page) {
    List<String> lines = page.lines().toList();
    List<String> found = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("```java") && (i == 0 || !MARKER.matcher(lines.get(i - 1)).matches())) {
        found.add("line " + (i + 1) + ": " + lines.get(i + 1));
      }
    }
    return found;
  }

  private List<String> region(String file, String name) throws IOException {
    List<String> region = new ArrayList<>();
    boolean inside = false;
    boolean seen = false;
    for (String line : Files.readAllLines(source(file))) {
      Matcher tag = TAG.matcher(line);
      if (!tag.matches()) {
        if (inside) region.add(line);
      } else if (tag.group(2).equals(name)) {
        inside = tag.group(1).equals("tag");
        seen = true;
      }
    }
    if (!seen) throw new AssertionError("there is no region '%s' in %s".formatted(name, file));
    int indent = region.stream().filter(line -> !line.isBlank()).mapToInt(Quotes::indent).min().orElse(0);
    return region.stream().map(line -> line.isBlank() ? "" : line.substring(indent)).toList();
  }

  private Path source(String file) {
    for (String folder : List.of("main", "test")) {
      Path path = root.resolve("examples/src").resolve(folder).resolve("java/dev/pawl/examples").resolve(file);
      if (Files.exists(path)) return path;
    }
    throw new AssertionError("there is no " + file + " among the examples");
  }

  private static int indent(String line) {
    return line.length() - line.stripLeading().length();
  }
}
