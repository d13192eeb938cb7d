package dev.pawl.conformance.report;

import dev.pawl.conformance.suite.Result;
import dev.pawl.conformance.suite.Result.Verdict;
import dev.pawl.conformance.suite.Suite;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Results as one page for people, which needs nothing but itself. */
public final class Page {
  private static final String STYLE = """
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
      table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top; padding: .2rem .6rem; }
      tr { border-top: 1px solid #ddd; } pre { white-space: pre-wrap; background: #f5f5f5; padding: .6rem; }
      .passed { color: #17692c; } .failed { color: #a40e26; font-weight: bold; } .skipped { color: #6a5300; }
      code { white-space: nowrap; }
      """;

  private Page() {}

  /** @param about lines about the server and the run, by name */
  public static String of(Suite suite, Map<String, String> about, List<Result> results) {
    StringBuilder html = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<title>Conformance report</title><style>\n").append(STYLE)
        .append("</style></head><body>\n<h1>Durable Workflow HTTP contract: conformance</h1>\n<p>")
        .append(Tally.of(results)).append("</p>\n<table>\n");
    about.forEach((name, value) -> html.append("<tr><th>").append(escaped(name)).append("</th><td>")
        .append(escaped(value)).append("</td></tr>\n"));
    html.append("</table>\n");
    Map<String, List<Result>> bySection = new LinkedHashMap<>();
    for (Result one : results) {
      String section = "%s %s".formatted(one.played().id().split("/", 2)[0], suite.section(one.played()));
      bySection.computeIfAbsent(section, name -> new ArrayList<>()).add(one);
    }
    bySection.forEach((section, rows) -> section(html, section, rows));
    return html.append("</body></html>\n").toString();
  }

  private static void section(StringBuilder html, String title, List<Result> rows) {
    html.append("<h2>").append(escaped(title)).append("</h2>\n<p>").append(Tally.of(rows))
        .append("</p>\n<table>\n<tr><th>case</th><th>what has to hold</th><th>verdict</th></tr>\n");
    for (Result one : rows) {
      String verdict = one.verdict().name().toLowerCase(java.util.Locale.ROOT);
      html.append("<tr><td><code>").append(escaped(one.played().id())).append("</code></td><td>")
          .append(escaped(one.played().title())).append("</td><td class=\"").append(verdict).append("\">")
          .append(verdict);
      if (!one.why().isEmpty()) html.append(": ").append(escaped(one.why()));
      if (one.verdict() == Verdict.FAILED && !one.transcript().isEmpty()) {
        html.append("<details><summary>exchanges</summary><pre>").append(escaped(one.transcript()))
            .append("</pre></details>");
      }
      html.append("</td></tr>\n");
    }
    html.append("</table>\n");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }
}
