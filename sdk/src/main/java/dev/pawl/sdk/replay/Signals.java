package dev.pawl.sdk.replay;

import dev.pawl.core.run.RunEvent;
import dev.pawl.sdk.SignalChannel;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Signals: given to handlers and channels, kept until there is one. */
final class Signals {
  private static final class Name {
    final ArrayDeque<RunEvent.SignalReceived> waiting = new ArrayDeque<>();
    @Nullable Consumer<RunEvent.SignalReceived> handler;
  }

  private final RunRuntime run;
  private final Map<String, Name> names = new LinkedHashMap<>();
  private long arrivals;
  private final Map<String, Long> order = new LinkedHashMap<>();

  Signals(RunRuntime run) {
    this.run = run;
  }

  private Name name(String name) {
    return names.computeIfAbsent(name, n -> new Name());
  }

  void received(RunEvent.SignalReceived signal) {
    Name name = name(signal.name());
    if (name.handler != null) {
      name.handler.accept(signal);
    } else {
      order.put(signal.signalId(), ++arrivals);
      name.waiting.add(signal);
    }
  }

  <T> void handle(String signalName, Type type, Consumer<T> handler) {
    Name name = name(signalName);
    if (name.handler != null) {
      throw new IllegalStateException("signal '%s' has a handler already".formatted(signalName));
    }
    name.handler = signal -> run.handler("signal " + signalName, () -> {
      T input = run.argument(signal.input(), type);
      run.around((interceptor, next) -> interceptor.aroundSignal(signalName, input, next), () -> {
        handler.accept(input);
        return null;
      });
    });
    for (RunEvent.SignalReceived signal; (signal = name.waiting.poll()) != null;) {
      order.remove(signal.signalId());
      name.handler.accept(signal);
    }
  }

  /** Signals that nobody took, in the order in which they came. */
  List<RunEvent.SignalReceived> left() {
    List<RunEvent.SignalReceived> left = new ArrayList<>();
    for (Name name : names.values()) left.addAll(name.waiting);
    left.sort(java.util.Comparator.comparing(signal -> order.getOrDefault(signal.signalId(), 0L)));
    return left;
  }

  <T> SignalChannel<T> channel(String signalName, Type type) {
    return new Channel<>(name(signalName), type);
  }

  private final class Channel<T> implements SignalChannel<T> {
    private final Name name;
    private final Type type;

    Channel(Name name, Type type) {
      this.name = name;
      this.type = type;
    }

    @Override
    public T receive() {
      run.await(() -> !name.waiting.isEmpty(), null);
      return take();
    }

    @Override
    public Optional<T> receive(Duration patience) {
      return run.await(() -> !name.waiting.isEmpty(), patience) ? Optional.of(take()) : Optional.empty();
    }

    @Override
    public Optional<T> poll() {
      return name.waiting.isEmpty() ? Optional.empty() : Optional.of(take());
    }

    @Override
    public int size() {
      return name.waiting.size();
    }

    private T take() {
      run.mayAct();
      RunEvent.SignalReceived signal = name.waiting.remove();
      order.remove(signal.signalId());
      return run.argument(signal.input(), type);
    }
  }
}
