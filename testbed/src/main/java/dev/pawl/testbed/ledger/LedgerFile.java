package dev.pawl.testbed.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The ledger as the checker reads it: all calls, in order. */
public record LedgerFile(List<LedgerEntry> entries) {
  public static final LedgerFile EMPTY = new LedgerFile(List.of());

  public LedgerFile {
    entries = List.copyOf(entries);
  }

  /** Reads the file of a ledger, running or not. A last line that was cut off never got an answer and is left out. */
  public static LedgerFile read(Path file) {
    try {
      if (!Files.exists(file)) return EMPTY;
      String text = Files.readString(file, StandardCharsets.UTF_8);
      var entries = new ArrayList<LedgerEntry>();
      int start = 0;
      for (int end; (end = text.indexOf('\n', start)) >= 0; start = end + 1) {
        entries.add(LedgerEntry.read(text.substring(start, end)));
      }
      return new LedgerFile(entries);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How often each key was applied; keys that never were are not in it. */
  public Map<String, Long> appliedByKey() {
    return entries.stream().filter(entry -> entry.verdict() == Verdict.APPLIED)
        .collect(Collectors.groupingBy(entry -> entry.call().key(), TreeMap::new, Collectors.counting()));
  }

  public long applied(String key) {
    return appliedByKey().getOrDefault(key, 0L);
  }

  /** Everything that was to have an effect. */
  public List<LedgerEntry> calls() {
    return entries.stream().filter(entry -> entry.verdict() != Verdict.NOTED).toList();
  }

  /** What workers noted, see {@link LedgerClient#note}. */
  public List<LedgerEntry> notes() {
    return entries.stream().filter(entry -> entry.verdict() == Verdict.NOTED).toList();
  }

  /** All calls of a run, refused ones too. */
  public List<LedgerEntry> ofRun(String runId) {
    return calls().stream().filter(entry -> entry.call().runId().equals(runId)).toList();
  }

  /** What all applied calls moved together. */
  public long balance() {
    return entries.stream().filter(entry -> entry.verdict() == Verdict.APPLIED)
        .mapToLong(entry -> entry.call().amount()).sum();
  }
}
