package dev.pawl.server.control;

import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleAction;
import dev.pawl.core.value.SearchValue;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.wire.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The visibility query of a list of schedules: {@code Field = "value"}, several joined by {@code AND}. */
final class ScheduleFilter {
  private static final Pattern PREDICATE =
      Pattern.compile("\\s*([A-Za-z][A-Za-z0-9_]*)\\s*(=|!=|<>|<=|>=|<|>|\\bLIKE\\b|\\bIN\\b|\\bIS\\b)\\s*"
          + "(\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^']|'')*'|[A-Za-z0-9_.:+-]+)\\s*", Pattern.CASE_INSENSITIVE);
  private static final Pattern AND = Pattern.compile("\\bAND\\b", Pattern.CASE_INSENSITIVE);
  private static final List<String> SYSTEM =
      List.of("ScheduleId", "WorkflowType", "TaskQueue", "Status", "OverlapPolicy", "Note");

  private record Predicate(String field, String value) {}

  private final List<Predicate> all = new ArrayList<>();

  /** @param attributes declared in the namespace */
  private ScheduleFilter(String query, Map<String, String> attributes) {
    Matcher next = PREDICATE.matcher(query);
    int at = 0;
    while (true) {
      next.region(at, query.length());
      if (!next.lookingAt()) {
        throw refusal("invalid_schedule_visibility_query",
            "Expected Field = \"value\" at character %d.".formatted(at + 1));
      }
      String field = next.group(1);
      if (!next.group(2).equals("=")) {
        throw refusal("unsupported_schedule_visibility_predicate",
            "Only = is known for schedules, found %s.".formatted(next.group(2)));
      }
      if (!SYSTEM.contains(field) && !attributes.containsKey(field)) {
        throw refusal("unsupported_schedule_visibility_field",
            "Expected one of %s or a declared search attribute, found %s.".formatted(String.join(", ", SYSTEM), field));
      }
      all.add(new Predicate(field, unquoted(next.group(3))));
      at = next.end();
      if (at == query.length()) return;
      Matcher and = AND.matcher(query).region(at, query.length());
      if (!and.lookingAt()) {
        throw refusal("unsupported_schedule_visibility_predicate",
            "Predicates are joined by AND, at character %d.".formatted(at + 1));
      }
      at = and.end();
    }
  }

  static ScheduleFilter of(@Nullable String query, Map<String, String> attributes) {
    return query == null || query.isBlank() ? new ScheduleFilter() : new ScheduleFilter(query.strip(), attributes);
  }

  private ScheduleFilter() {}

  private static Refusal refusal(String reason, String message) {
    return listing(422, reason, "query", message);
  }

  /** A refusal of a list, as its clients read it. */
  static Refusal listing(int status, String reason, String field, String message) {
    Map<String, List<String>> errors = Map.of(field, List.of(message));
    return new Refusal(status, reason, message, "field", field, "errors", errors, "validation_errors", errors,
        "last_safe_cursor", null);
  }

  private static String unquoted(String text) {
    char quote = text.charAt(0);
    if (quote == '\'') return text.substring(1, text.length() - 1).replace("''", "'");
    if (quote == '"') return text.substring(1, text.length() - 1).replaceAll("\\\\(.)", "$1");
    return text;
  }

  boolean matches(Schedule schedule) {
    return all.stream().allMatch(predicate -> matches(schedule, predicate));
  }

  private static boolean matches(Schedule schedule, Predicate wanted) {
    ScheduleAction.StartWorkflow start =
        schedule.terms().action() instanceof ScheduleAction.StartWorkflow action ? action : null;
    return switch (wanted.field()) {
      case "ScheduleId" -> schedule.id().equals(wanted.value());
      case "WorkflowType" -> start != null && start.workflowType().equals(wanted.value());
      case "TaskQueue" -> start != null && start.queue().equals(wanted.value());
      case "Status" -> ScheduleShapes.status(schedule).equalsIgnoreCase(wanted.value());
      case "OverlapPolicy" -> schedule.terms().overlap().wire().equalsIgnoreCase(wanted.value());
      case "Note" -> Objects.equals(schedule.standing().note(), wanted.value());
      default -> start != null && has(start.options().searchAttributes().get(wanted.field()), wanted.value());
    };
  }

  private static boolean has(@Nullable SearchValue value, String wanted) {
    if (value == null) return false;
    if (value instanceof SearchValue.Keywords words) return words.values().contains(wanted);
    return wanted.equals(String.valueOf(Attributes.plain(Map.of("it", value)).get("it")));
  }
}
