package dev.pawl.sdk.replay;

import dev.pawl.core.value.Payload;
import dev.pawl.sdk.failure.ApplicationException;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the program answers to those who only ask. */
final class Queries {
  private final RunRuntime run;
  private final Map<String, Function<@Nullable Payload, Payload>> handlers = new LinkedHashMap<>();

  Queries(RunRuntime run) {
    this.run = run;
  }

  <Q, R extends @Nullable Object> void handle(String name, Type type, Function<Q, R> handler) {
    Function<@Nullable Payload, Payload> added = payload -> {
      Q question = run.argument(payload, type);
      return run.write(handler.apply(question));
    };
    if (handlers.putIfAbsent(name, added) != null) {
      throw new IllegalStateException("query '%s' has a handler already".formatted(name));
    }
  }

  Payload answer(String name, @Nullable Payload input) {
    Function<@Nullable Payload, Payload> handler = handlers.get(name);
    if (handler == null) {
      throw ApplicationException.nonRetryable("UnknownQuery",
          "the workflow has no handler for query '%s'; it has %s".formatted(name, handlers.keySet()));
    }
    return run.looking("the handler of query '" + name + "'", () -> handler.apply(input));
  }
}
