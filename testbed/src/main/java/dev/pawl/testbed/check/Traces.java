package dev.pawl.testbed.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What histories and the rows beside them say about requests: by workflow id and the request's id. */
final class Traces {

  /** A request as histories know it. */
  record Key(String namespace, String workflowId, String id) {
    static Key of(Asked.Request request) {
      return new Key(request.namespace(), request.workflowId(), request.id());
    }

    static Key of(Row run, String id) {
      return new Key(run.text("namespace"), run.text("workflow_id"), id);
    }
  }

  /**
   * Where an event stands.
   *
   * @param atBirth written when the run was born: carried along, or copied
   */
  record Place(String run, long runNumber, long seq, boolean atBirth) {
    boolean before(Place other) {
      return runNumber != other.runNumber ? runNumber < other.runNumber : seq < other.seq;
    }
  }

  final Map<Key, Set<String>> starts = new HashMap<>();
  final Map<Key, List<Place>> signals = new HashMap<>();
  final Map<Key, List<Place>> acceptedUpdates = new HashMap<>();
  final Set<Key> admittedUpdates = new HashSet<>();
  final Set<Key> cancels = new HashSet<>();
  /** Runs that were born of a reset. */
  final Set<String> copies = new HashSet<>();
  /** Chains, as keys without an id, in which somebody asked for a cancel. */
  final Set<Key> cancelledChains = new HashSet<>();

  static Traces of(Evidence evidence) {
    var traces = new Traces();
    evidence.histories(traces::read);
    for (Row update : evidence.updates()) {
      Row run = evidence.runs().get(update.text("run_id"));
      if (run != null) traces.admittedUpdates.add(Key.of(run, update.text("update_id")));
    }
    return traces;
  }

  private void read(History history) {
    if (history.copied()) copies.add(history.id());
    for (HistoryEvent event : history.events()) {
      switch (event.type()) {
        case "StartAccepted" -> {
          String id = event.text("requestId");
          if (id != null && !history.copied()) {
            starts.computeIfAbsent(Key.of(history.run(), id), k -> new TreeSet<>()).add(history.id());
          }
        }
        case "SignalReceived" -> place(signals, history, event, "signalId");
        case "UpdateAccepted" -> place(acceptedUpdates, history, event, "updateId");
        case "CancelRequested" -> {
          String id = event.text("requestId");
          if (id != null) cancels.add(Key.of(history.run(), id));
          cancelledChains.add(Key.of(history.run(), ""));
        }
        default -> {}
      }
    }
  }

  private static void place(Map<Key, List<Place>> places, History history, HistoryEvent event, String member) {
    places.computeIfAbsent(Key.of(history.run(), String.valueOf(event.text(member))), k -> new ArrayList<>())
        .add(new Place(history.id(), history.run().number("run_number"), event.seq(), history.atBirth(event)));
  }
}
