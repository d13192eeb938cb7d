package dev.pawl.testbed.check;

import dev.pawl.testbed.check.Operation.Kind;
import dev.pawl.testbed.check.Operation.Phase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The requests of all clients, each with its calls and with what it came to. */
record Asked(List<Request> requests) {

  /**
   * One request: the same however often it was repeated.
   *
   * @param calls all lines of the log about it, in order
   */
  record Request(Kind kind, String namespace, String workflowId, String id, List<Operation> calls) {

    /** Ok if it was ever acknowledged; otherwise the last word counts; INFO while nothing was heard of a call. */
    Phase outcome() {
      if (calls.stream().anyMatch(call -> call.phase() == Phase.OK)) return Phase.OK;
      if (calls.getLast().phase() != Phase.FAIL) return Phase.INFO;
      // Another process may have asked too and be waiting still.
      long asked = calls.stream().filter(call -> call.phase() == Phase.INVOKE).count();
      return asked * 2 == calls.size() ? Phase.FAIL : Phase.INFO;
    }

    /** Whether one call was acknowledged and a later one told that it did not happen. */
    boolean contradicted() {
      boolean ok = false;
      for (Operation call : calls) {
        if (call.phase() == Phase.OK) ok = true;
        if (call.phase() == Phase.FAIL && ok) return true;
      }
      return false;
    }

    /** The runs it was answered with. */
    Set<String> runs() {
      var runs = new TreeSet<String>();
      for (Operation call : calls) {
        if (call.phase() == Phase.OK && !call.run().isEmpty()) runs.add(call.run());
      }
      return runs;
    }

    /** Number of the first line; it was asked for then. */
    long invoked() {
      return calls.getFirst().number();
    }

    /** Number of the line with the first ok; {@code Long.MAX_VALUE} if there was none. */
    long acknowledged() {
      return calls.stream().filter(call -> call.phase() == Phase.OK).mapToLong(Operation::number).findFirst()
          .orElse(Long.MAX_VALUE);
    }

    String subject() {
      return "%s '%s' of %s".formatted(kind.name().toLowerCase(Locale.ROOT), id, workflowId);
    }
  }

  private record Key(Kind kind, String namespace, String workflowId, String id) {}

  static Asked of(List<Operation> log) {
    Map<Key, List<Operation>> calls = new LinkedHashMap<>();
    for (Operation call : log) {
      calls.computeIfAbsent(new Key(call.kind(), call.namespace(), call.workflowId(), call.id()), k -> new ArrayList<>())
          .add(call);
    }
    return new Asked(calls.entrySet().stream().map(entry -> {
      Key key = entry.getKey();
      return new Request(key.kind(), key.namespace(), key.workflowId(), key.id(), List.copyOf(entry.getValue()));
    }).toList());
  }

  List<Request> of(Phase outcome) {
    return requests.stream().filter(request -> request.outcome() == outcome).toList();
  }
}
