package dev.pawl.core.value;

import java.time.Instant;
import java.util.List;

/** A typed search attribute. */
public sealed interface SearchValue {
  record Keyword(String value) implements SearchValue {}

  record Keywords(List<String> values) implements SearchValue {
    public Keywords {
      values = List.copyOf(values);
    }
  }

  record Int(long value) implements SearchValue {}

  record Real(double value) implements SearchValue {}

  record Bool(boolean value) implements SearchValue {}

  record Time(Instant value) implements SearchValue {}

  /** In an upsert: take the attribute away. Never stored. */
  record Unset() implements SearchValue {}
}
