package dev.pawl.engine.query;

import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.SearchValue;
import dev.pawl.engine.store.Visibility.Field;
import dev.pawl.engine.store.Visibility.Filter;
import dev.pawl.engine.store.Visibility.Op;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Recursive descent: or, and, not, primary. */
final class Parser {
  private static final Map<String, Field> FIELDS = new LinkedHashMap<>();

  static {
    for (Field field : Field.values()) FIELDS.put(plain(field.name()), field);
  }

  private static final Set<String> KEYWORDS =
      Set.of("and", "or", "not", "in", "is", "null", "starts", "with", "true", "false", "timestamp");

  private static final Set<String> STATUSES = new TreeSet<>();

  static {
    for (RunStatus status : RunStatus.values()) STATUSES.add(status.name());
    STATUSES.addAll(List.of("PAUSED", "BLOCKED"));
  }

  /** Before any run was ever closed. */
  private static final Instant LONG_AGO = Instant.parse("-100000-01-01T00:00:00Z");

  private final List<Token> tokens;
  private final Mistakes mistakes;
  private int next;
  private int comparisons;

  Parser(List<Token> tokens, Mistakes mistakes) {
    this.tokens = tokens;
    this.mistakes = mistakes;
  }

  Filter filter() {
    if (peek().kind() == Token.Kind.END) return new Filter.All();
    Filter filter = or(0);
    if (peek().kind() != Token.Kind.END) throw expected("'and', 'or' or the end", peek());
    return filter;
  }

  private Filter or(int depth) {
    Filter first = and(depth);
    if (!peek().is("or")) return first;
    List<Filter> parts = new ArrayList<>(List.of(first));
    while (accept("or")) parts.add(and(depth));
    return new Filter.Or(List.copyOf(parts));
  }

  private Filter and(int depth) {
    Filter first = not(depth);
    if (!peek().is("and")) return first;
    List<Filter> parts = new ArrayList<>(List.of(first));
    while (accept("and")) parts.add(not(depth));
    return new Filter.And(List.copyOf(parts));
  }

  private Filter not(int depth) {
    Token here = peek();
    if (depth > Query.MAX_DEPTH) {
      throw mistakes.at(here.at(), "nested deeper than %d levels of parentheses and 'not'".formatted(Query.MAX_DEPTH));
    }
    if (accept("not")) return new Filter.Not(not(depth + 1));
    if (here.kind() != Token.Kind.OPEN) return condition();
    next++;
    Filter inner = or(depth + 1);
    if (peek().kind() != Token.Kind.CLOSE) throw expected("'and', 'or' or ')'", peek());
    next++;
    return inner;
  }

  // ---- conditions

  /** What stands on the left side: a field of every run, or an attribute that some have. */
  private record Subject(String name, @Nullable Field field, int at) {}

  private Filter condition() {
    Subject subject = subject();
    Token here = peek();
    if (here.kind() == Token.Kind.OPERATOR) {
      next++;
      return compare(subject, op(here), here);
    }
    if (accept("is")) {
      boolean not = accept("not");
      if (!accept("null")) throw expected(not ? "'null'" : "'null' or 'not null'", peek());
      Filter there = present(subject);
      return not ? there : new Filter.Not(there);
    }
    boolean not = accept("not");
    Filter found;
    if (accept("in")) {
      found = in(subject);
    } else if (peek().is("starts")) {
      found = startsWith(subject);
    } else if (not) {
      throw expected("'in' or 'starts with' after 'not'", peek());
    } else if (here.is("like") || here.is("between") || here.is("contains")) {
      throw mistakes.at(here.at(), "there is no '%s'; there are = != < <= > >=, 'in', 'starts with' and 'is null'"
          .formatted(here.text().toLowerCase(Locale.ROOT)));
    } else {
      throw expected("= != < <= > >=, 'in', 'starts with' or 'is null' after %s".formatted(subject.name), here);
    }
    return not ? new Filter.Not(found) : found;
  }

  private Subject subject() {
    Token token = take();
    if (token.kind() == Token.Kind.QUOTED_NAME) return new Subject(token.text(), null, token.at());
    if (token.kind() != Token.Kind.WORD || isKeyword(token)) {
      throw expected("a field or a search attribute, such as Status or CustomerId", token);
    }
    return new Subject(token.text(), FIELDS.get(token.text().toLowerCase(Locale.ROOT)), token.at());
  }

  private static boolean isKeyword(Token token) {
    return token.kind() == Token.Kind.WORD && KEYWORDS.contains(token.text().toLowerCase(Locale.ROOT));
  }

  private static Op op(Token token) {
    return switch (token.text()) {
      case "=" -> Op.EQUAL;
      case "!=" -> Op.NOT_EQUAL;
      case "<" -> Op.LESS;
      case "<=" -> Op.LESS_OR_EQUAL;
      case ">" -> Op.GREATER;
      case ">=" -> Op.GREATER_OR_EQUAL;
      default -> throw new IllegalStateException("no token is " + token.text());
    };
  }

  private Filter in(Subject subject) {
    if (peek().kind() != Token.Kind.OPEN) throw expected("'(' and a list of values after 'in'", peek());
    Token open = take();
    List<Filter> values = new ArrayList<>();
    do values.add(compare(subject, Op.EQUAL, open));
    while (acceptComma());
    if (peek().kind() != Token.Kind.CLOSE) throw expected("',' or ')'", peek());
    next++;
    return values.size() == 1 ? values.getFirst() : new Filter.Or(List.copyOf(values));
  }

  private Filter startsWith(Subject subject) {
    Token starts = take();
    if (!accept("with")) throw expected("'with' after 'starts'", peek());
    return compare(subject, Op.STARTS_WITH, starts);
  }

  /** Whether it is there at all. */
  private Filter present(Subject subject) {
    count(subject.at);
    return switch (subject.field) {
      case null -> new Filter.HasAttribute(subject.name);
      case CLOSED_AT -> new Filter.Compare(Field.CLOSED_AT, Op.GREATER_OR_EQUAL, new SearchValue.Time(LONG_AGO));
      case BLOCKED_REASON -> new Filter.Compare(Field.BLOCKED_REASON, Op.STARTS_WITH, new SearchValue.Keyword(""));
      default -> throw mistakes.at(subject.at,
          "every run has a %s; 'is null' asks for ClosedAt, BlockedReason and search attributes"
          .formatted(subject.name));
    };
  }

  private Filter compare(Subject subject, Op op, Token operator) {
    count(subject.at);
    Token at = peek();
    SearchValue value = value(operator);
    return switch (subject.field) {
      case null -> new Filter.Attribute(subject.name, op, ordered(op, value, operator, at));
      case WORKFLOW_TYPE, WORKFLOW_ID, QUEUE, BLOCKED_REASON ->
          new Filter.Compare(subject.field, op, new SearchValue.Keyword(text(subject, value, at)));
      case RUN_ID -> new Filter.Compare(Field.RUN_ID, same(subject, op, operator), runId(text(subject, value, at), at));
      case STATUS -> new Filter.Compare(Field.STATUS, same(subject, op, operator), status(text(subject, value, at), at));
      case STARTED_AT, CLOSED_AT -> {
        if (op == Op.STARTS_WITH) throw mistakes.at(operator.at(), subject.name + " is a time; compare it with = != < <= > >=");
        yield new Filter.Compare(subject.field, op, switch (value) {
          case SearchValue.Time time -> time;
          case SearchValue.Keyword text -> time(text.value(), at);
          default -> throw mistakes.at(at.at(), subject.name + " is a time; expected one, such as '2026-01-31T12:00:00Z'");
        });
      }
    };
  }

  // ---- values

  private SearchValue value(Token after) {
    Token token = take();
    return switch (token.kind()) {
      case STRING -> new SearchValue.Keyword(token.text());
      case NUMBER -> number(token);
      case WORD -> {
        if (token.is("true") || token.is("false")) yield new SearchValue.Bool(token.is("true"));
        if (token.is("null")) throw mistakes.at(token.at(), "nothing equals null; write 'is null' or 'is not null'");
        if (isKeyword(token) && !token.is("timestamp")) throw expected("a value after '%s'".formatted(after.text()), token);
        if (!token.is("timestamp")) throw mistakes.at(token.at(), "expected a value; put text in quotes");
        Token text = take();
        if (text.kind() != Token.Kind.STRING) throw expected("a time in quotes after 'timestamp'", text);
        yield time(text.text(), text);
      }
      default -> throw expected("a value after '%s'".formatted(after.text()), token);
    };
  }

  private SearchValue number(Token token) {
    try {
      if (token.text().chars().noneMatch(c -> c == '.' || c == 'e' || c == 'E')) {
        return new SearchValue.Int(Long.parseLong(token.text()));
      }
    } catch (NumberFormatException tooLarge) {
      throw mistakes.at(token.at(), "integers have 64 bits; write it as a real number: " + shortened(token.text()) + ".0");
    }
    double value = Double.parseDouble(token.text());
    if (Double.isInfinite(value)) throw mistakes.at(token.at(), "the number is too large");
    return new SearchValue.Real(value);
  }

  private static String shortened(String digits) {
    return digits.length() <= 40 ? digits : digits.substring(0, 40) + "...";
  }

  private SearchValue.Time time(String text, Token at) {
    Instant instant;
    try {
      instant = text.length() == 10
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw mistakes.at(at.at(), "expected a time with its offset, such as '2026-01-31T12:00:00Z' or "
          + "'2026-01-31T12:00:00+01:00', or a day in UTC, such as '2026-01-31'");
    }
    if (instant.getNano() % 1000 != 0) throw mistakes.at(at.at(), "times have microseconds, not nanoseconds");
    return new SearchValue.Time(instant);
  }

  private SearchValue.Keyword runId(String text, Token at) {
    try {
      if (text.length() == 36) return new SearchValue.Keyword(UUID.fromString(text).toString());
    } catch (IllegalArgumentException no) {
      // told below
    }
    throw mistakes.at(at.at(), "expected a run id, such as '0195f5c2-9a1b-7c3d-8e4f-001122334455'");
  }

  private SearchValue.Keyword status(String text, Token at) {
    String name = text.toUpperCase(Locale.ROOT);
    if (STATUSES.contains(name)) return new SearchValue.Keyword(name);
    throw mistakes.at(at.at(), "no status is called that; there are " + String.join(", ", STATUSES));
  }

  private String text(Subject subject, SearchValue value, Token at) {
    if (value instanceof SearchValue.Keyword keyword) return keyword.value();
    throw mistakes.at(at.at(), subject.name + " is text; put the value in quotes");
  }

  private Op same(Subject subject, Op op, Token operator) {
    if (op == Op.EQUAL || op == Op.NOT_EQUAL) return op;
    throw mistakes.at(operator.at(), subject.name + " has no order; compare it with = or != or 'in'");
  }

  private SearchValue ordered(Op op, SearchValue value, Token operator, Token at) {
    if (op == Op.STARTS_WITH && !(value instanceof SearchValue.Keyword)) {
      throw mistakes.at(at.at(), "only text starts with something; put the value in quotes");
    }
    if (value instanceof SearchValue.Bool && op != Op.EQUAL && op != Op.NOT_EQUAL) {
      throw mistakes.at(operator.at(), "true and false have no order; compare with = or !=");
    }
    return value;
  }

  // ---- tokens

  private void count(int at) {
    if (++comparisons > Query.MAX_COMPARISONS) {
      throw mistakes.at(at, "more than %d comparisons".formatted(Query.MAX_COMPARISONS));
    }
  }

  private Token peek() {
    return tokens.get(next);
  }

  /** The last token is END and stays. */
  private Token take() {
    Token token = tokens.get(next);
    if (token.kind() != Token.Kind.END) next++;
    return token;
  }

  private boolean accept(String keyword) {
    if (!peek().is(keyword)) return false;
    next++;
    return true;
  }

  private boolean acceptComma() {
    if (peek().kind() != Token.Kind.COMMA) return false;
    next++;
    return true;
  }

  private RejectedException expected(String what, Token found) {
    return mistakes.at(found.at(), "expected %s, found %s".formatted(what, found.shown()));
  }

  private static String plain(String constant) {
    return constant.replace("_", "").toLowerCase(Locale.ROOT);
  }
}
