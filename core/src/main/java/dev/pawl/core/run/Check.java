package dev.pawl.core.run;

import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.task.Fairness;
import dev.pawl.core.value.Backoff;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.core.value.SearchValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Collects the first thing that is wrong with a request. Limits never close a run: what is too large is refused, with
 * the path of the field, and nothing is written.
 */
final class Check {
  /** Longest name: types, queues, handlers, ids, in UTF-16 units; every store indexes that much. */
  static final int MAX_NAME = 255;
  /** Longest name of a signal, an update or a query, which other languages count in bytes. */
  static final int MAX_MESSAGE_NAME = 256;

  /** Longest reason that a person gives. */
  static final int MAX_REASON = 1_000;

  /** Most commands in one report. */
  static final int MAX_COMMANDS = 10_000;

  /** All memo values, or all header values, together, in bytes. */
  static final int MAX_MEMO_BYTES = 256 * 1024;

  static final int MAX_SEARCH_ATTRIBUTES = 100;
  static final int MAX_KEYWORD_BYTES = 2_048;

  /** Updates that wait for the program's word. */
  static final int MAX_ADMITTED = 1_000;

  /** No delay and no timeout is longer: 100 years. Everything below fits in a store's microseconds. */
  static final Duration MAX_DURATION = Duration.ofDays(36_525);

  private static final Pattern ATTRIBUTE = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,127}");
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

  private final String prefix;
  private @Nullable Rejection problem;

  Check() {
    this("");
  }

  /** @param prefix path in front of every field, for example {@code commands.3.} */
  Check(String prefix) {
    this.prefix = prefix;
  }

  /** The first problem; null if there is none. */
  @Nullable Rejection problem() {
    return problem;
  }

  private Check wrong(Rejection.Code code, String field, String message) {
    if (problem == null) problem = new Rejection(code, message, prefix + field);
    return this;
  }

  Check invalid(String field, String message) {
    return wrong(Rejection.Code.INVALID_ARGUMENT, field, message);
  }

  Check limit(String field, long got, long most, String unit) {
    return got <= most
        ? this
        : wrong(Rejection.Code.LIMIT_EXCEEDED, field, "expected at most %d %s, got %d".formatted(most, unit, got));
  }

  /** 1 to 255 characters, no control characters, no broken surrogates. */
  Check name(String field, @Nullable String name) {
    return name(field, name, MAX_NAME);
  }

  /** Name of a signal, an update or a query. */
  Check message(String field, @Nullable String name) {
    return name(field, name, MAX_MESSAGE_NAME);
  }

  private Check name(String field, @Nullable String name, int most) {
    if (name == null || name.isEmpty()) return invalid(field, "expected 1 to " + most + " characters, got none");
    if (name.length() > most) return limit(field, name.length(), most, "characters");
    if (name.isBlank()) return invalid(field, "expected more than white space");
    for (int i = 0; i < name.length(); ) {
      int c = name.codePointAt(i);
      if (Character.isISOControl(c)) {
        return invalid(field, "expected no control characters, got U+%04X at %d".formatted(c, i));
      }
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        return invalid(field, "expected well-formed text, got half a surrogate pair at %d".formatted(i));
      }
      i += Character.charCount(c);
    }
    return this;
  }

  Check nameOrNull(String field, @Nullable String name) {
    return name == null ? this : name(field, name);
  }

  Check reason(String field, String reason) {
    return limit(field, reason.length(), MAX_REASON, "characters");
  }

  /** What a person wrote, fit for every store and every terminal: no control characters, not endless. */
  static String legible(String text) {
    StringBuilder out = new StringBuilder(Math.min(text.length(), MAX_REASON));
    text.codePoints().limit(MAX_REASON).forEach(c -> {
      boolean bad = (Character.isISOControl(c) && c != '\n' && c != '\t')
          || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
      out.appendCodePoint(bad ? '\uFFFD' : c);
    });
    return out.toString();
  }

  /** More than zero, at most 100 years. */
  Check timeout(String field, @Nullable Duration timeout) {
    if (timeout == null) return this;
    return timeout.isZero() || timeout.isNegative()
        ? invalid(field, "expected more than zero, got " + timeout)
        : atMost(field, timeout);
  }

  /** Zero or more, at most 100 years. */
  Check delay(String field, @Nullable Duration delay) {
    if (delay == null) return this;
    return delay.isNegative() ? invalid(field, "expected zero or more, got " + delay) : atMost(field, delay);
  }

  private Check atMost(String field, Duration duration) {
    return duration.compareTo(MAX_DURATION) > 0
        ? invalid(field, "expected at most 100 years, got " + duration)
        : this;
  }

  Check priority(String field, int priority) {
    return priority < 0 || priority > 9 ? invalid(field, "expected 0 to 9, got " + priority) : this;
  }

  Check fairness(String field, @Nullable Fairness share) {
    if (share == null) return this;
    name(field + ".key", share.key());
    return share.weight() >= Fairness.LEAST && share.weight() <= Fairness.MOST ? this
        : invalid(field + ".weight", "expected 1 to 1000, got " + share.weight());
  }

  Check payload(String field, @Nullable Payload payload) {
    return payload == null || payload.size() <= Payload.MAX_BYTES
        ? this
        : wrong(Rejection.Code.PAYLOAD_TOO_LARGE, field,
            "expected at most %d bytes, got %d".formatted(Payload.MAX_BYTES, payload.size()));
  }

  Check outcome(String field, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Success s -> payload(field, s.result());
      case Outcome.Failed f -> failure(field, f.failure());
    };
  }

  Check failure(String field, Failure failure) {
    return payload(field + ".details", failure.details());
  }

  /** A memo or a header. */
  Check payloads(String field, Map<String, Payload> values) {
    long bytes = 0;
    for (Map.Entry<String, Payload> entry : values.entrySet()) {
      name(field + ".key", entry.getKey());
      bytes += entry.getValue().size();
    }
    return limit(field, bytes, MAX_MEMO_BYTES, "bytes");
  }

  /** @param unsetAllowed in an upsert; a start has nothing to take away */
  Check attributes(String field, Map<String, SearchValue> attributes, boolean unsetAllowed) {
    limit(field, attributes.size(), MAX_SEARCH_ATTRIBUTES, "search attributes");
    attributes.forEach((name, value) -> {
      if (!ATTRIBUTE.matcher(name).matches()) {
        invalid(field, "expected a letter, then at most 127 letters, digits or _, got '%s'".formatted(legible(name)));
        return;
      }
      String at = field + "." + name;
      switch (value) {
        case SearchValue.Keyword v -> keyword(at, v.value());
        case SearchValue.Keywords v -> {
          limit(at, v.values().size(), MAX_SEARCH_ATTRIBUTES, "values");
          v.values().forEach(word -> keyword(at, word));
        }
        case SearchValue.Int v -> {}
        case SearchValue.Real v -> {
          if (!Double.isFinite(v.value())) invalid(at, "expected a finite number, got " + v.value());
        }
        case SearchValue.Bool v -> {}
        case SearchValue.Time v -> {
          if (v.value().isBefore(FIRST) || v.value().isAfter(LAST)) {
            invalid(at, "expected an instant in the years 1 to 9999, got " + v.value());
          }
        }
        case SearchValue.Unset v -> {
          if (!unsetAllowed) invalid(at, "expected a value, got the sign to take it away");
        }
      }
    });
    return this;
  }

  private void keyword(String field, String word) {
    limit(field, word.getBytes(StandardCharsets.UTF_8).length, MAX_KEYWORD_BYTES, "bytes");
    if (word.indexOf('\0') >= 0) invalid(field, "expected text without U+0000");
  }

  Check retry(String field, @Nullable RetryPolicy retry) {
    if (retry == null) return this;
    switch (retry.backoff()) {
      case Backoff.Exponential b -> delay(field + ".backoff.cap", b.cap());
      case Backoff.Delays b -> {
        limit(field + ".backoff.delays", b.delays().size(), 1_000, "delays");
        for (int i = 0; i < b.delays().size(); i++) delay(field + ".backoff.delays." + i, b.delays().get(i));
      }
    }
    return limit(field + ".nonRetryableTypes", retry.nonRetryableTypes().size(), 1_000, "types");
  }

  Check options(String field, StartOptions o) {
    return timeout(field + ".executionTimeout", o.executionTimeout())
        .timeout(field + ".runTimeout", o.runTimeout())
        .timeout(field + ".taskTimeout", o.taskTimeout())
        .retry(field + ".retry", o.retry())
        .delay(field + ".delay", o.delay())
        .priority(field + ".priority", o.priority())
        .fairness(field + ".fairness", o.fairness())
        .nameOrNull(field + ".buildId", o.buildId())
        .payloads(field + ".header", o.header())
        .payloads(field + ".memo", o.memo())
        .attributes(field + ".searchAttributes", o.searchAttributes(), false);
  }

  Check options(String field, ActivityOptions o) {
    return name(field + ".queue", o.queue())
        .timeout(field + ".scheduleToStart", o.scheduleToStart())
        .timeout(field + ".startToClose", o.startToClose())
        .timeout(field + ".scheduleToClose", o.scheduleToClose())
        .timeout(field + ".heartbeat", o.heartbeat())
        .retry(field + ".retry", o.retry())
        .priority(field + ".priority", o.priority())
        .fairness(field + ".fairness", o.fairness());
  }
}
