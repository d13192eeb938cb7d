package dev.pawl.chaos;

import dev.pawl.chaos.round.MixedRound;
import dev.pawl.testbed.check.RoundVerdict.Colour;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/** All rounds together. */
final class Tally {
  private final List<MixedRound.Result> rounds = new ArrayList<>();
  private final Map<String, Long> requests = new TreeMap<>();
  private final Map<String, Long> fired = new TreeMap<>();
  private final Map<String, Long> blocked = new TreeMap<>();
  private long unanswered;
  private long workflows;
  private long histories;
  private long events;
  private int invariants;

  void add(MixedRound.Result round) {
    rounds.add(round);
    round.requests().forEach((outcome, count) -> requests.merge(outcome, count, Long::sum));
    round.fired().forEach((fault, count) -> fired.merge(fault, count, Long::sum));
    round.blocked().forEach((reason, count) -> blocked.merge(reason, count, Long::sum));
    unanswered += round.unanswered();
    workflows += round.workflows();
    histories += round.histories();
    events += round.events();
    invariants = Math.max(invariants, round.invariants());
  }

  private long rounds(Colour colour) {
    return rounds.stream().filter(round -> round.colour() == colour).count();
  }

  /** GREEN only if something was proven and nothing was wrong. A void round proves nothing, and harms nothing. */
  Colour colour() {
    if (rounds(Colour.RED) > 0) return Colour.RED;
    return rounds(Colour.GREEN) > 0 ? Colour.GREEN : Colour.VOID;
  }

  int exitCode() {
    return switch (colour()) {
      case GREEN -> 0;
      case RED -> 1;
      case VOID -> 3;
    };
  }

  private long wrong() {
    return rounds.stream().filter(round -> round.colour() == Colour.RED).mapToLong(round -> round.reasons().size()).sum();
  }

  // ---- for people

  static String line(MixedRound.Result round, String again) {
    var text = new StringBuilder("%-8s %-5s seed %d: %d workflows, %d runs with %d events, requests %s, %d unanswered, %.0f s%n"
        .formatted(round.store(), round.colour(), round.seed(), round.workflows(), round.histories(), round.events(),
            round.requests(), round.unanswered(), round.took().toMillis() / 1e3));
    text.append("         faults ").append(round.fired()).append(System.lineSeparator());
    if (!round.blocked().isEmpty()) text.append("         blocked ").append(round.blocked()).append(System.lineSeparator());
    round.reasons().forEach(reason -> text.append("         ").append(reason).append(System.lineSeparator()));
    if (round.colour() != Colour.GREEN) text.append("         again: ").append(again).append(System.lineSeparator());
    return text.toString();
  }

  String summary(long seed) {
    return String.join(System.lineSeparator(),
        "verdict      %s".formatted(colour()),
        "rounds       %d: %d green, %d red, %d void (a fault never happened: they prove nothing)".formatted(rounds.size(),
            rounds(Colour.GREEN), rounds(Colour.RED), rounds(Colour.VOID)),
        "operations   ok %d, fail %d, info %d; %d calls without an answer, asked again under the same id".formatted(
            requests.getOrDefault("ok", 0L), requests.getOrDefault("fail", 0L), requests.getOrDefault("info", 0L), unanswered),
        "workflows    %d played, %d runs with %d events judged".formatted(workflows, histories, events),
        "faults       %d: %s".formatted(fired.values().stream().mapToLong(Long::longValue).sum(), fired),
        "blocked      %s".formatted(blocked.isEmpty() ? "none" : blocked.toString()),
        "invariants   %d checked, all the time and at the end".formatted(invariants),
        "violations   %d".formatted(wrong()),
        "seed         %d".formatted(seed), "");
  }

  // ---- for programs

  static String json(MixedRound.Result round) {
    return "{\"round\":\"%s\",\"store\":\"%s\",\"seed\":%d,\"workflows\":%d,\"runs\":%d,\"events\":%d,\"requests\":%s,\"unanswered\":%d,\"faults\":%s,\"blocked\":%s,\"reasons\":%s,\"seconds\":%s}"
        .formatted(word(round.colour()), round.store(), round.seed(), round.workflows(), round.histories(),
            round.events(), json(round.requests()), round.unanswered(), json(round.fired()), json(round.blocked()),
            json(round.reasons()), String.format(Locale.ROOT, "%.1f", round.took().toMillis() / 1e3));
  }

  String json(long seed) {
    return "{\"verdict\":\"%s\",\"seed\":%d,\"rounds\":{\"green\":%d,\"red\":%d,\"void\":%d},\"requests\":%s,\"unanswered\":%d,\"workflows\":%d,\"runs\":%d,\"events\":%d,\"faults\":%s,\"blocked\":%s,\"invariants\":%d,\"violations\":%d}"
        .formatted(word(colour()), seed, rounds(Colour.GREEN), rounds(Colour.RED), rounds(Colour.VOID), json(requests),
            unanswered, workflows, histories, events, json(fired), json(blocked), invariants, wrong());
  }

  private static String word(Colour colour) {
    return colour.name().toLowerCase(Locale.ROOT);
  }

  private static String json(Map<String, Long> counts) {
    var all = new StringJoiner(",", "{", "}");
    counts.forEach((name, count) -> all.add(quoted(name) + ":" + count));
    return all.toString();
  }

  private static String json(List<String> texts) {
    var all = new StringJoiner(",", "[", "]");
    texts.forEach(text -> all.add(quoted(text)));
    return all.toString();
  }

  private static String quoted(String text) {
    var quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') quoted.append('\\').append(c);
      else if (c < ' ') quoted.append("\\u%04x".formatted((int) c));
      else quoted.append(c);
    }
    return quoted.append('"').toString();
  }
}
