package dev.pawl.engine.store.sql;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Mail;
import dev.pawl.core.task.ActivityTask;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What text may lie in a column of its own. Databases differ (PostgreSQL takes no NUL, MySQL cuts keys at a length), so
 * the strictest rule holds on all of them. Text inside JSON is escaped and may be anything.
 */
final class Texts {
  /** Longest name that is part of a key, in characters. */
  static final int MAX_NAME = 255;
  /** Longest name of a signal, an update or a query, in characters. */
  static final int MAX_MESSAGE_NAME = 256;
  /** Longest text of a search attribute, in bytes; with the names before it, it has to fit into an index. */
  static final int MAX_VALUE_BYTES = 2_048;

  private Texts() {}

  /** Why this write cannot be stored on every database; null if it can. */
  static @Nullable String problemOf(Packed write) {
    for (Packed.RunSheet sheet : write.born) {
      var state = sheet.run.state();
      String problem = first(name("namespace", state.namespace()), name("workflow id", state.workflowId()),
          name("workflow type", state.started().workflowType()), name("queue", state.started().queue()));
      if (problem != null) return problem;
    }
    for (Packed.RunSheet sheet : write.sheets()) {
      if (!sheet.attributesChanged) continue;
      for (var attribute : sheet.run.state().searchAttributes().entrySet()) {
        String problem = name("search attribute", attribute.getKey());
        for (AttributeRows.Cell cell : AttributeRows.cells(attribute.getValue())) {
          if (cell.text() != null) problem = first(problem, value(attribute.getKey(), cell.text()));
          if (cell.real() != null && !Double.isFinite(cell.real())) {
            problem = first(problem, "value of %s: expected a finite number".formatted(attribute.getKey()));
          }
        }
        if (problem != null) return problem;
      }
    }
    for (Effect.PointChain chain : write.chains) {
      String problem = first(name("namespace", chain.namespace()), name("workflow id", chain.workflowId()));
      if (problem != null) return problem;
    }
    for (Packed.TaskPart part : write.tasks.values()) {
      if (!(part instanceof Packed.TaskPart.Open open)) continue;
      ActivityTask task = open.task();
      String problem = first(name("queue", task.options().queue()), name("activity type", task.activityType()));
      if (problem != null) return problem;
    }
    for (Mail.Key key : write.mails.keySet()) {
      String problem = name("mail", key.item());
      if (problem != null) return problem;
    }
    for (Packed.UpdatePart part : write.updates.values()) {
      if (part.admitted() == null) continue;
      String problem = first(name("update id", part.admitted().updateId()), text("update", part.admitted().name(), MAX_MESSAGE_NAME));
      if (problem != null) return problem;
    }
    for (Effect.Remembered r : write.remembered) {
      String problem = first(name("workflow id", r.workflowId()), name("request id", r.requestId()));
      if (problem != null) return problem;
    }
    return null;
  }

  private static @Nullable String first(@Nullable String... problems) {
    for (String problem : problems) if (problem != null) return problem;
    return null;
  }

  /** Why {@code value} cannot be a name; null if it can. */
  static @Nullable String name(String what, String value) {
    return text(what, value, MAX_NAME);
  }

  private static @Nullable String value(String attribute, String text) {
    String what = "value of " + attribute;
    int bytes = text.length() * 3 <= MAX_VALUE_BYTES ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
    return bytes > MAX_VALUE_BYTES
        ? "%s: expected at most %d bytes, got %d".formatted(what, MAX_VALUE_BYTES, bytes)
        : text(what, text, MAX_VALUE_BYTES);
  }

  private static @Nullable String text(String what, String value, int most) {
    int length = value.length();
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c == 0) return "%s: expected no NUL character, got one at %d".formatted(what, i);
      if (Character.isSurrogate(c)) {
        boolean pair = Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(value.charAt(i + 1));
        if (!pair) return "%s: expected well-formed text, got half a character at %d".formatted(what, i);
        i++;
      }
    }
    // Counted as databases count: characters, not Java's halves.
    if (length > most && value.codePointCount(0, length) > most) {
      return "%s: expected at most %d characters, got %d".formatted(what, most, value.codePointCount(0, length));
    }
    return null;
  }

  /** Whether a row can have it; a key that none can have must not be sent, or it spoils the look-up of all others. */
  static boolean isName(String value) {
    return name("", value) == null;
  }

  /** As {@link #words}, cut to {@code most} characters, which is what the column takes everywhere. */
  static @Nullable String cut(@Nullable String text, int most) {
    String clean = words(text);
    return clean == null || clean.codePointCount(0, clean.length()) <= most
        ? clean
        : clean.substring(0, clean.offsetByCodePoints(0, most));
  }

  /** Text for people, such as a reason: what no database takes is replaced. */
  static @Nullable String words(@Nullable String text) {
    if (text == null) return null;
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
        clean.append(c).append(text.charAt(++i));
      } else {
        clean.append(c == 0 || Character.isSurrogate(c) ? '\uFFFD' : c);
      }
    }
    return clean.toString();
  }
}
