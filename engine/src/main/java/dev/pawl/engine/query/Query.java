package dev.pawl.engine.query;

import dev.pawl.core.value.RejectedException;
import dev.pawl.engine.store.Visibility.Filter;

/** Filters as people write them. */
public final class Query {
  /** Characters of a filter. */
  public static final int MAX_LENGTH = 8 * 1024;

  /** Levels of parentheses and {@code not}. */
  public static final int MAX_DEPTH = 32;

  /** Comparisons in a filter; each value of an {@code in} counts. */
  public static final int MAX_COMPARISONS = 200;

  private Query() {}

  /**
   * The tree of a filter; blank text is {@link Filter.All}.
   *
   * @throws RejectedException {@code invalid_argument} at {@code filter}; the message has the position, counted from 1,
   *     and two lines that show it
   */
  public static Filter parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new Mistakes(text).at(MAX_LENGTH,
          "expected at most %d characters, got %d".formatted(MAX_LENGTH, text.length()));
    }
    Mistakes mistakes = new Mistakes(text);
    return new Parser(Token.all(text, mistakes), mistakes).filter();
  }
}
