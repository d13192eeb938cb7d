package dev.pawl.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Everything measured in one run, and how it compares. */
final class Results {
  private final List<ClosedLoop.Result> loops = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  void add(ClosedLoop.Result result) {
    loops.add(result);
  }

  /** One line of a measurement that is not a closed loop. */
  void note(String line) {
    notes.add(line);
  }

  /** One table per workload; ratios against the best peer of the same number of starters. */
  String table() {
    StringBuilder out = new StringBuilder();
    Map<String, List<ClosedLoop.Result>> cells = new LinkedHashMap<>();
    for (ClosedLoop.Result r : loops) {
      cells.computeIfAbsent(r.workload() + " / " + r.starters(), k -> new ArrayList<>()).add(r);
    }
    if (!cells.isEmpty()) {
      out.append("\n| workload / starters | system | store | per s | x best peer | p50 ms | p95 ms | p99 ms | commits/op |\n");
      out.append("|---|---|---|---:|---:|---:|---:|---:|---:|\n");
      cells.forEach((cell, results) -> {
        double best = results.stream().filter(r -> !ours(r))
            .mapToDouble(ClosedLoop.Result::perSecond).max().orElse(0);
        for (ClosedLoop.Result r : results) {
          out.append(String.format(Locale.ROOT, "| %s | %s | %s | %,.0f | %s | %.2f | %.2f | %.2f | %s |%n", cell,
              r.system(), r.store(), r.perSecond(),
              best == 0 || !ours(r) ? "" : String.format(Locale.ROOT, "%.1f", r.perSecond() / best),
              r.p50(), r.p95(), r.p99(),
              r.commitsPerOp() < 0 ? "" : String.format(Locale.ROOT, "%.2f", r.commitsPerOp())));
        }
      });
    }
    notes.forEach(note -> out.append("\n").append(note).append("\n"));
    return out.toString();
  }

  private static boolean ours(ClosedLoop.Result result) {
    return result.system().startsWith("pawl");
  }

  private static final String BOUND = "\n## What bounds it now\n";

  /** The committed page. @param before the page as it is; what people wrote about the bound is kept */
  String page(String before) {
    Map<String, String> machine = new TreeMap<>(Subjects.versions());
    machine.put("processor", processor());
    machine.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    machine.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    StringBuilder page = new StringBuilder("# Results\n\nMade by `./pawl bench --write`. Compare figures of one run only.\n\n");
    machine.forEach((k, v) -> page.append("- ").append(k).append(": ").append(v).append('\n'));
    page.append(table());
    if (before.contains(BOUND)) page.append(before.substring(before.indexOf(BOUND)));
    return page.toString();
  }

  private static String processor() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines.filter(line -> line.startsWith("model name")).findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse("unknown");
    } catch (IOException | UncheckedIOException elsewhere) {
      return "unknown";
    }
  }
}
