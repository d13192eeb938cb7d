package dev.pawl.sdk.replay;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Effect;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import java.lang.reflect.Type;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Updates: admitted ones are validated and accepted, accepted ones are handled; replay meets accepted ones only. */
final class Updates {
  private record Handler(Consumer<@Nullable Payload> validator, Function<@Nullable Payload, Payload> body) {}

  private final RunRuntime run;
  private final Map<String, Handler> handlers = new LinkedHashMap<>();
  private final Map<String, Effect.Update> admitted = new LinkedHashMap<>();
  private final Set<String> met = new HashSet<>();

  Updates(RunRuntime run) {
    this.run = run;
  }

  <U, R extends @Nullable Object> void handle(
      String name, Type type, Consumer<U> validator, Function<U, R> handler) {
    Handler added = new Handler(
        payload -> run.looking("the validator of update '" + name + "'", () -> {
          validator.accept(run.argument(payload, type));
          return true;
        }),
        payload -> {
          U input = run.argument(payload, type);
          Object result = run.around(
              (interceptor, next) -> interceptor.aroundUpdate(name, input, next), () -> handler.apply(input));
          return run.write(result);
        });
    if (handlers.putIfAbsent(name, added) != null) {
      throw new IllegalStateException("update '%s' has a handler already".formatted(name));
    }
  }

  /** Updates that wait for the program's word; the engine may name one again and again until it has it. */
  void admitted(List<Effect.Update> updates) {
    for (Effect.Update update : updates) {
      if (met.add(update.updateId())) admitted.put(update.updateId(), update);
    }
  }

  /**
   * Lets the program say its word on the first update that has a handler.
   *
   * @param settled nothing else is going on: an update without a handler will not get one by itself
   * @return false if there was none
   */
  boolean decideOne(Outbox outbox, boolean settled) {
    for (Iterator<Effect.Update> i = admitted.values().iterator(); i.hasNext();) {
      Effect.Update update = i.next();
      Handler handler = handlers.get(update.name());
      if (handler == null && !settled) continue;
      i.remove();
      Failure no = handler == null ? unknown(update.name()) : refusal(handler, update.input());
      if (no != null) {
        outbox.add(new Command.RejectUpdate(update.updateId(), no));
      } else {
        outbox.add(new Command.AcceptUpdate(update.updateId()));
        begin(update.updateId(), update.name(), update.input());
      }
      return true;
    }
    return false;
  }

  private Failure unknown(String name) {
    return Failure.of("UnknownUpdate", "the workflow has no handler for update '%s'; it has %s"
        .formatted(name, handlers.keySet()));
  }

  private @Nullable Failure refusal(Handler handler, @Nullable Payload input) {
    try {
      handler.validator.accept(input);
      return null;
    } catch (RuntimeException no) {
      return run.environment().failures().toFailure(no);
    }
  }

  /** History holds an accepted update. */
  void accepted(String updateId, String name, @Nullable Payload input) {
    met.add(updateId);
    begin(updateId, name, input);
  }

  boolean knows(String name) {
    return handlers.containsKey(name);
  }

  private void begin(String updateId, String name, @Nullable Payload input) {
    run.handler("update " + name, () -> {
      Outcome outcome;
      try {
        Handler handler = handlers.get(name);
        if (handler == null) throw new IllegalStateException("update '" + name + "' has no handler any more");
        outcome = Outcome.success(handler.body.apply(input));
      } catch (RuntimeException problem) {
        outcome = Outcome.failed(run.environment().failures().toFailure(problem));
      }
      run.outbox().add(new Command.CompleteUpdate(updateId, outcome));
    });
  }
}
