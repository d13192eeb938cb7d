package dev.pawl.server.control;

import dev.pawl.server.http.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the filters of a list into the engine's query language. */
final class RunFilter {
  private static final Map<String, String> FIELDS = Map.of("StartTime", "StartedAt", "CloseTime", "ClosedAt",
      "TaskQueue", "Queue");
  private static final Map<String, String> STATUS = Map.of("running", "'RUNNING'", "completed",
      "'COMPLETED', 'CONTINUED'", "failed", "'FAILED', 'TIMED_OUT', 'CANCELLED', 'TERMINATED', 'RESET'", "cancelled",
      "'CANCELLED'", "terminated", "'TERMINATED'");

  private RunFilter() {}

  static String of(@Nullable String type, @Nullable String status, @Nullable String query) {
    List<String> parts = new ArrayList<>();
    // What hosts an activity of its own is no workflow to those who look for workflows.
    parts.add(type != null && !type.isEmpty() ? "WorkflowType = " + quoted(type) : "WorkflowType != 'pawl.activity'");
    if (status != null && !status.isEmpty()) {
      if (!List.of("running", "completed", "failed").contains(status)) {
        throw Refusal.invalid("status", "The status field must be one of: running, completed, failed.");
      }
      parts.add("Status in (%s)".formatted(STATUS.get(status)));
    }
    if (query != null && !query.isBlank()) parts.add("(" + expression(query.strip()) + ")");
    return String.join(" and ", parts);
  }

  /** Without an operator it is the beginning of a workflow id, or a whole business key. */
  private static String expression(String query) {
    if (!query.matches("(?s).*([=<>]|\\b(is|in|starts)\\b).*")) {
      return "WorkflowId starts with %s or PawlBusinessKey = %s".formatted(quoted(query), quoted(query));
    }
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < query.length()) {
      char c = query.charAt(i);
      if (c == '"' || c == '\'' || c == '`') {
        int end = i + 1;
        while (end < query.length() && query.charAt(end) != c) end++;
        out.append(query, i, Math.min(end + 1, query.length()));
        i = end + 1;
      } else if (Character.isLetter(c)) {
        int end = i;
        while (end < query.length() && (Character.isLetterOrDigit(query.charAt(end)) || query.charAt(end) == '_')) end++;
        String word = query.substring(i, end);
        out.append(FIELDS.getOrDefault(word, word));
        i = end;
      } else {
        out.append(c);
        i++;
      }
    }
    return statuses(out.toString());
  }

  /** {@code Status = "completed"}: the wire's words, which are in lower case, are several of the engine's. */
  private static String statuses(String expression) {
    String result = expression;
    for (var status : STATUS.entrySet()) {
      result = result.replaceAll("Status\\s*=\\s*[\"']%s[\"']".formatted(status.getKey()),
          "Status in (%s)".formatted(status.getValue()));
    }
    return result;
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
