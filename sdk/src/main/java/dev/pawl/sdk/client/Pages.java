package dev.pawl.sdk.client;

import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A list that is read page by page while its stream is consumed. */
final class Pages<T, C> extends Spliterators.AbstractSpliterator<T> {
  /** @param next where the next page begins; null: this was the last one */
  record Page<T, C>(List<T> items, @Nullable C next) {}

  /** Reads the page that begins at a cursor; null: the first one. */
  interface Source<T, C> {
    Page<T, C> read(@Nullable C cursor);
  }

  private final Source<T, C> source;
  private List<T> page = List.of();
  private int next;
  private @Nullable C cursor;
  private boolean last;

  private Pages(Source<T, C> source) {
    super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
    this.source = source;
  }

  static <T, C> Stream<T> stream(Source<T, C> source) {
    return StreamSupport.stream(new Pages<>(source), false);
  }

  @Override
  public boolean tryAdvance(Consumer<? super T> action) {
    while (next == page.size()) {
      if (last) return false;
      Page<T, C> read = source.read(cursor);
      page = read.items();
      next = 0;
      cursor = read.next();
      last = cursor == null;
    }
    action.accept(page.get(next++));
    return true;
  }
}
