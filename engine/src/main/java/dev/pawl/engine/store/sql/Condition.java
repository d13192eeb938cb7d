package dev.pawl.engine.store.sql;

import dev.pawl.core.value.SearchValue;
import dev.pawl.engine.store.Visibility.Field;
import dev.pawl.engine.store.Visibility.Filter;
import dev.pawl.engine.store.Visibility.Op;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A filter as SQL. Nothing of a user becomes part of the text: names and values are parameters. Every comparison is
 * true or false, never unknown, so that {@code not} means the same on all databases: a missing attribute or a run that
 * is open matches no comparison, not even {@code !=}.
 */
final class Condition {
  private final StringBuilder sql = new StringBuilder();
  private final List<Object> values = new ArrayList<>();

  private Condition() {}

  static Condition of(Filter filter) {
    Condition condition = new Condition();
    condition.add(filter);
    return condition;
  }

  String sql() {
    return sql.toString();
  }

  void fill(Call call) throws SQLException {
    for (Object value : values) call.any(value);
  }

  private void add(Filter filter) {
    switch (filter) {
      case Filter.All f -> sql.append("1 = 1");
      case Filter.And f -> all(f.of(), " and ", "1 = 1");
      case Filter.Or f -> all(f.of(), " or ", "1 = 0");
      case Filter.Not f -> {
        sql.append("not (");
        add(f.of());
        sql.append(')');
      }
      case Filter.Compare f -> compare(f.field(), f.op(), f.value());
      case Filter.HasAttribute f -> {
        sql.append("exists (select 1 from pawl_search_attributes a where a.run_id = r.run_id and a.name = ?)");
        values.add(storable(f.name()));
      }
      case Filter.Attribute f -> attribute(f.name(), f.op(), f.value());
    }
  }

  private void all(List<Filter> parts, String word, String empty) {
    if (parts.isEmpty()) {
      sql.append(empty);
      return;
    }
    sql.append('(');
    for (int i = 0; i < parts.size(); i++) {
      if (i > 0) sql.append(word);
      add(parts.get(i));
    }
    sql.append(')');
  }

  // ---- fields of the run

  private void compare(Field field, Op op, SearchValue value) {
    switch (field) {
      case WORKFLOW_TYPE -> text("r.workflow_type", op, value);
      case WORKFLOW_ID -> text("r.workflow_id", op, value);
      case QUEUE -> text("r.queue", op, value);
      case RUN_ID -> runId(op, value);
      case STATUS -> status(op, value);
      case BLOCKED_REASON -> {
        sql.append("(r.status = 'RUNNING' and r.phase = 'BLOCKED' and r.reason is not null and ");
        text("r.reason", op, value);
        sql.append(')');
      }
      case STARTED_AT -> time("r.started_at", op, value);
      case CLOSED_AT -> {
        sql.append("(r.closed_at is not null and ");
        time("r.closed_at", op, value);
        sql.append(')');
      }
    }
  }

  private void text(String column, Op op, SearchValue value) {
    if (!(value instanceof SearchValue.Keyword keyword)) throw wrong(column, "a text", value);
    if (op == Op.STARTS_WITH) {
      prefix(column, keyword.value());
    } else {
      sql.append(column).append(sign(op)).append('?');
      values.add(storable(keyword.value()));
    }
  }

  private void prefix(String column, String prefix) {
    // Not LIKE: its case rules and escapes differ between databases. Characters are counted alike by all of them.
    String text = storable(prefix);
    sql.append("substr(").append(column).append(", 1, ?) = ?");
    values.add(text.codePointCount(0, text.length()));
    values.add(text);
  }

  private void runId(Op op, SearchValue value) {
    if (!(value instanceof SearchValue.Keyword keyword)) throw wrong("run id", "a text", value);
    if (op != Op.EQUAL && op != Op.NOT_EQUAL) throw new IllegalArgumentException("run id: expected = or !=, got " + op);
    try {
      UUID id = UUID.fromString(keyword.value());
      sql.append("r.run_id").append(sign(op)).append('?');
      values.add(id);
    } catch (IllegalArgumentException noId) {
      sql.append(op == Op.EQUAL ? "1 = 0" : "1 = 1");
    }
  }

  private void status(Op op, SearchValue value) {
    if (!(value instanceof SearchValue.Keyword keyword)) throw wrong("status", "a text", value);
    if (op != Op.EQUAL && op != Op.NOT_EQUAL) throw new IllegalArgumentException("status: expected = or !=, got " + op);
    if (op == Op.NOT_EQUAL) sql.append("not ");
    switch (keyword.value()) {
      case "PAUSED" -> sql.append("(r.status = 'RUNNING' and r.paused <> 0)");
      case "BLOCKED" -> sql.append("(r.status = 'RUNNING' and r.phase = 'BLOCKED')");
      default -> {
        sql.append("(r.status = ?)");
        values.add(storable(keyword.value()));
      }
    }
  }

  private void time(String column, Op op, SearchValue value) {
    if (!(value instanceof SearchValue.Time time) || op == Op.STARTS_WITH) throw wrong(column, "a time", value);
    sql.append(column).append(sign(op)).append('?');
    values.add(Micros.nearest(time.value()));
  }

  // ---- search attributes

  private void attribute(String name, Op op, SearchValue value) {
    if (op == Op.NOT_EQUAL) {
      // Of a list, no element may be equal; and there must be something of that kind to compare with.
      sql.append('(');
      exists(name, kinds(value), () -> sql.append("1 = 1"));
      sql.append(" and not ");
      exists(name, kinds(value), () -> cell(Op.EQUAL, value));
      sql.append(')');
    } else {
      exists(name, kinds(value), () -> cell(op, value));
    }
  }

  private void exists(String name, String kinds, Runnable comparison) {
    sql.append("exists (select 1 from pawl_search_attributes a where a.run_id = r.run_id and a.name = ? ")
        .append("and a.kind in (").append(kinds).append(") and ");
    values.add(storable(name));
    comparison.run();
    sql.append(')');
  }

  private static String kinds(SearchValue value) {
    return switch (value) {
      case SearchValue.Keyword v -> "'keyword', 'keywords'";
      case SearchValue.Int v -> "'int', 'real'";
      case SearchValue.Real v -> "'int', 'real'";
      case SearchValue.Bool v -> "'bool'";
      case SearchValue.Time v -> "'time'";
      case SearchValue.Keywords v -> throw new IllegalArgumentException("compare with one value, not with a list");
      case SearchValue.Unset v -> throw new IllegalArgumentException("compare with a value");
    };
  }

  private void cell(Op op, SearchValue value) {
    switch (value) {
      case SearchValue.Keyword v -> {
        if (op == Op.STARTS_WITH) {
          prefix("a.text_value", v.value());
        } else {
          sql.append("a.text_value").append(sign(op)).append('?');
          values.add(storable(v.value()));
        }
      }
      case SearchValue.Int v -> {
        // Integers compare exactly with integers, and as reals with reals.
        sql.append("(a.int_value is not null and a.int_value").append(sign(op))
            .append("? or a.int_value is null and a.real_value").append(sign(op)).append("?)");
        values.add(v.value());
        values.add((double) v.value());
      }
      case SearchValue.Real v -> {
        if (!Double.isFinite(v.value())) throw new IllegalArgumentException("expected a finite number");
        sql.append("a.real_value").append(sign(op)).append('?');
        values.add(v.value());
      }
      case SearchValue.Bool v -> number(op, v.value() ? 1 : 0);
      case SearchValue.Time v -> number(op, Micros.nearest(v.value()));
      case SearchValue.Keywords v -> throw new IllegalArgumentException("compare with one value, not with a list");
      case SearchValue.Unset v -> throw new IllegalArgumentException("compare with a value");
    }
  }

  private void number(Op op, long value) {
    sql.append("a.int_value").append(sign(op)).append('?');
    values.add(value);
  }

  private static String sign(Op op) {
    return switch (op) {
      case EQUAL -> " = ";
      case NOT_EQUAL -> " <> ";
      case LESS -> " < ";
      case LESS_OR_EQUAL -> " <= ";
      case GREATER -> " > ";
      case GREATER_OR_EQUAL -> " >= ";
      case STARTS_WITH -> throw new IllegalArgumentException("only text starts with something");
    };
  }

  /** Text that no column can hold equals nothing; a character that is never stored says so on every database. */
  private static String storable(String text) {
    return Texts.name("", text.length() > Texts.MAX_NAME ? text.substring(0, 1) : text) == null
        ? text
        : "\uFFFF\uFFFE" + Integer.toHexString(text.hashCode());
  }

  private static IllegalArgumentException wrong(String what, String expected, SearchValue got) {
    return new IllegalArgumentException("%s: expected %s, got %s".formatted(what, expected, got));
  }
}
