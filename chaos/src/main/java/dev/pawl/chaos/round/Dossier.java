package dev.pawl.chaos.round;

import dev.pawl.testbed.check.Evidence;
import dev.pawl.testbed.check.Operation;
import dev.pawl.testbed.check.Row;
import dev.pawl.testbed.ledger.LedgerEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What is kept of a round that went wrong, beside the log and the ledger of effects: why, every table as text, what the
 * processes said, and one file for each run that a reason names, with all that is known of it in the order of time.
 */
final class Dossier {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final Round round;
  private final Path folder;

  /** @param folder of the round */
  Dossier(Round round, Path folder) {
    this.round = round;
    this.folder = folder;
  }

  /** @param said name to lines of each process */
  void write(List<String> reasons, Map<String, List<String>> said) throws IOException, SQLException {
    Files.write(folder.resolve("reasons.txt"), reasons);
    Path outputs = Files.createDirectories(folder.resolve("processes"));
    for (Map.Entry<String, List<String>> one : said.entrySet()) {
      Files.write(outputs.resolve(one.getKey() + ".txt"), one.getValue());
    }
    tables(Files.createDirectories(folder.resolve("tables")));
    Path runs = Files.createDirectories(folder.resolve("runs"));
    try (Evidence evidence = Evidence.in(round.database().dataSource()).open()) {
      var concerned = concerned(evidence, String.join("\n", reasons));
      for (Row run : concerned) Files.write(runs.resolve(run.text("run_id") + ".txt"), story(evidence, run));
    }
  }

  /** The runs that are named by their ids or by the ids of their workflows. */
  private static List<Row> concerned(Evidence evidence, String reasons) {
    Set<String> named = ID.matcher(reasons).results().map(MatchResult::group).collect(Collectors.toSet());
    return evidence.runs().values().stream().filter(run -> named.contains(run.text("run_id"))
        || Pattern.compile("\\b" + Pattern.quote(run.text("workflow_id")) + "\\b").matcher(reasons).find()).toList();
  }

  /** Its row, its history, and what clients, workers, the engine and the world noted about it. */
  private List<String> story(Evidence evidence, Row row) {
    String run = row.text("run_id");
    String workflow = row.text("workflow_id");
    List<String> story = new ArrayList<>(List.of("run " + run, row.toString(), "", "history:"));
    evidence.histories(history -> {
      if (!history.id().equals(run)) return;
      history.events().forEach(event -> story.add("  at %d seen %d commit %d: %s %s".formatted(event.at(), event.seen(),
          event.commit(), event, event.data())));
    });
    story.addAll(List.of("", "the engine's ledger:"));
    for (Row note : evidence.notes()) if (note.text("run_id").equals(run)) story.add("  " + note);
    story.addAll(List.of("", "late reports:"));
    for (Row late : evidence.lateReports()) if (late.text("run_id").equals(run)) story.add("  " + late);
    story.addAll(List.of("", "activities and mails:"));
    for (Row task : evidence.tasks()) if (task.text("run_id").equals(run)) story.add("  " + task);
    for (Row mail : evidence.mails()) if (mail.text("owner").equals(run)) story.add("  " + mail);
    story.addAll(List.of("", "by time, what clients asked and heard, what workers were given and did:"));
    var byTime = new TreeMap<String, String>();
    for (Operation one : round.log().all()) {
      if (one.workflowId().equals(workflow)) byTime.put("%s %06d".formatted(one.at(), one.number()), one.toString());
    }
    for (LedgerEntry one : round.effects().entries()) {
      if (one.call().runId().equals(run)) byTime.put("%s %06d".formatted(one.at(), one.number()), one.toString());
    }
    byTime.forEach((at, what) -> story.add("  " + at + " " + what));
    return story;
  }

  private void tables(Path into) throws IOException, SQLException {
    try (Connection connection = round.database().dataSource().getConnection()) {
      List<String> names = new ArrayList<>();
      try (ResultSet tables = connection.getMetaData().getTables(connection.getCatalog(), null, "%", new String[] {"TABLE"})) {
        while (tables.next()) names.add(tables.getString("TABLE_NAME"));
      }
      for (String name : names) {
        if (!name.startsWith("pawl_") && !name.startsWith("chaos_")) continue;
        try (var statement = connection.createStatement(); ResultSet rows = statement.executeQuery("select * from " + name)) {
          Files.write(into.resolve(name + ".tsv"), lines(rows));
        }
      }
    }
  }

  private static List<String> lines(ResultSet rows) throws SQLException {
    List<String> lines = new ArrayList<>();
    int columns = rows.getMetaData().getColumnCount();
    var head = new StringJoiner("\t");
    for (int i = 1; i <= columns; i++) head.add(rows.getMetaData().getColumnLabel(i));
    lines.add(head.toString());
    while (rows.next()) {
      var line = new StringJoiner("\t");
      for (int i = 1; i <= columns; i++) {
        Object value = rows.getObject(i);
        line.add(value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value).replaceAll("[\t\n\r]", " "));
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
