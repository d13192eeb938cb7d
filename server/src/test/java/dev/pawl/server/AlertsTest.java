package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.testbed.Databases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the rules for alerts speak of is what a server tells. */
class AlertsTest {
  private static final Pattern FIGURE = Pattern.compile("pawl_[a-z_]+");

  @Test
  void rulesSpeakOfFiguresThatThereAre() throws IOException {
    String page = Files.readString(Path.of(System.getProperty("pawl.root"), "docs/operations/alerts.md"));
    Set<String> asked = new TreeSet<>();
    page.lines().filter(line -> line.strip().startsWith("expr:")).forEach(line -> {
      Matcher figure = FIGURE.matcher(line);
      while (figure.find()) asked.add(figure.group());
    });
    assertThat(asked).contains("pawl_job_orphans", "pawl_recovery_bound_seconds");
    try (Wire wire = new Wire(Databases.sqlite().fresh().jdbcUrl(), "--auth-token", "sesame");
        JobClient admin = new JobClient(wire, "sesame")) {
      String told = admin.get("/system/prometheus-metrics").is(200).text();
      for (String figure : asked) assertThat(told).containsPattern("(?m)^" + figure + "(\\{[^}]*})? ");
    }
  }
}
