package dev.pawl.engine.store.sql;

import dev.pawl.core.value.SearchValue;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rows of {@code search_attributes}: one per value, typed, only for searching; the run's state has them as well. */
final class AttributeRows {
  static final String KEYWORD = "keyword";
  static final String KEYWORDS = "keywords";
  static final String INTEGER = "int";
  static final String REAL = "real";
  static final String BOOL = "bool";
  static final String TIME = "time";

  static final String INSERT = """
      insert into pawl_search_attributes (run_id, name, ord, namespace, kind, text_value, int_value, real_value)
      values (?, ?, ?, ?, ?, ?, ?, ?)""";

  static final String DELETE = "delete from pawl_search_attributes where run_id = ?";

  private AttributeRows() {}

  /** Adds all rows of a run to the batch. */
  static void add(Call insert, UUID run, String namespace, Map<String, SearchValue> attributes) throws SQLException {
    for (Map.Entry<String, SearchValue> entry : attributes.entrySet()) {
      int ord = 0;
      for (Cell cell : cells(entry.getValue())) {
        insert.uuid(run).text(entry.getKey()).number(ord++).text(namespace).text(cell.kind()).text(cell.text())
            .numberOrNull(cell.number()).real(cell.real()).add();
      }
    }
  }

  record Cell(String kind, @Nullable String text, @Nullable Long number, @Nullable Double real) {
    SearchValue value() {
      return switch (kind) {
        case KEYWORD -> new SearchValue.Keyword(text == null ? "" : text);
        case KEYWORDS -> new SearchValue.Keywords(List.of(text == null ? "" : text));
        case INTEGER -> new SearchValue.Int(number == null ? 0 : number);
        case REAL -> new SearchValue.Real(real == null ? 0 : real);
        case BOOL -> new SearchValue.Bool(number != null && number != 0);
        case TIME -> new SearchValue.Time(Micros.toInstant(number == null ? 0 : number));
        default -> throw new IllegalArgumentException("no search attribute is of kind '" + kind + "'");
      };
    }
  }

  /** Two rows of one name: a list that goes on. */
  static SearchValue both(SearchValue first, SearchValue second) {
    if (first instanceof SearchValue.Keywords a && second instanceof SearchValue.Keywords b) {
      return new SearchValue.Keywords(Stream.concat(a.values().stream(), b.values().stream()).toList());
    }
    return second;
  }

  static List<Cell> cells(SearchValue value) {
    return switch (value) {
      case SearchValue.Keyword v -> List.of(new Cell(KEYWORD, v.value(), null, null));
      case SearchValue.Keywords v ->
          v.values().stream().distinct().map(k -> new Cell(KEYWORDS, k, null, null)).toList();
      // Numbers of both kinds compare with each other, so an integer is stored as a real as well.
      case SearchValue.Int v -> List.of(new Cell(INTEGER, null, v.value(), (double) v.value()));
      case SearchValue.Real v -> List.of(new Cell(REAL, null, null, v.value()));
      case SearchValue.Bool v -> List.of(new Cell(BOOL, null, v.value() ? 1L : 0L, null));
      case SearchValue.Time v -> List.of(new Cell(TIME, null, Micros.nearest(v.value()), null));
      case SearchValue.Unset v -> List.of();
    };
  }
}
