package dev.pawl.sdk.replay;

import dev.pawl.core.value.Payload;
import dev.pawl.sdk.Promise;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes promises out of promises. */
final class Promises {
  private final RunRuntime run;

  Promises(RunRuntime run) {
    this.run = run;
  }

  /** Reads the payload where somebody asks for it: a value that can't be read is a problem of the one who wants it. */
  <T extends @Nullable Object> Deferred<T> typed(Deferred<@Nullable Payload> raw, Type type) {
    Deferred<T> typed = new Deferred<>(run);
    raw.whenDone(() -> {
      if (raw.isFailed()) typed.follow(failed(raw));
      else typed.keep(() -> run.read(raw.valueNow(), type));
    });
    return typed;
  }

  @SuppressWarnings("unchecked") // a failed promise has no value of any type
  private static <T extends @Nullable Object> Deferred<T> failed(Deferred<?> promise) {
    return (Deferred<T>) promise;
  }

  @SuppressWarnings("NullAway") // null is the only Void there is
  Promise<@Nullable Void> done() {
    return kept(null);
  }

  <T extends @Nullable Object> Promise<T> kept(T value) {
    Deferred<T> kept = new Deferred<>(run);
    kept.keep(() -> value);
    return kept;
  }

  <T extends @Nullable Object> Promise<List<T>> all(List<? extends Promise<? extends T>> each) {
    List<Deferred<T>> parts = parts(each);
    Deferred<List<T>> all = new Deferred<>(run);
    if (parts.isEmpty()) all.keep(ArrayList::new);
    int[] left = {parts.size()};
    for (Deferred<T> part : parts) {
      part.whenDone(() -> {
        if (part.isFailed()) {
          all.follow(failed(part));
        } else if (--left[0] == 0) {
          all.keep(() -> {
            List<T> values = new ArrayList<>(parts.size());
            for (Deferred<T> done : parts) values.add(done.valueNow());
            return values;
          });
        }
      });
    }
    return all;
  }

  <T extends @Nullable Object> Promise<T> any(List<? extends Promise<? extends T>> each) {
    List<Deferred<T>> parts = some(each);
    Deferred<T> any = new Deferred<>(run);
    int[] left = {parts.size()};
    for (Deferred<T> part : parts) {
      part.whenDone(() -> {
        if (!part.isFailed() || --left[0] == 0) any.follow(part);
      });
    }
    return any;
  }

  <T extends @Nullable Object> Promise<T> race(List<? extends Promise<? extends T>> each) {
    Deferred<T> first = new Deferred<>(run);
    for (Deferred<T> part : this.<T>some(each)) first.follow(part);
    return first;
  }

  private <T extends @Nullable Object> List<Deferred<T>> some(List<? extends Promise<? extends T>> each) {
    if (each.isEmpty()) throw new IllegalArgumentException("expected at least one promise, got none: it would never end");
    return parts(each);
  }

  @SuppressWarnings("unchecked") // every promise of a run is a Deferred, and only read here
  private <T extends @Nullable Object> List<Deferred<T>> parts(List<? extends Promise<? extends T>> each) {
    List<Deferred<T>> parts = new ArrayList<>(each.size());
    for (Promise<? extends T> promise : each) parts.add((Deferred<T>) promise);
    return parts;
  }
}
