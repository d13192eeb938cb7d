package dev.pawl.testbed.check;

import dev.pawl.testbed.check.Asked.Request;
import dev.pawl.testbed.check.Operation.Kind;
import dev.pawl.testbed.check.Operation.Phase;
import dev.pawl.testbed.check.Traces.Key;
import dev.pawl.testbed.check.Traces.Place;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What clients were told. */
final class Promises {
  private Promises() {}

  static final Invariant ONE_ANSWER = Invariant.ofEvidence("OP1", "a request has one answer, for ever",
      (evidence, report) -> {
        Map<String, String> endings = new HashMap<>();
        for (Request request : evidence.asked().requests()) {
          if (request.contradicted()) {
            report.violation(request.subject(), "it was acknowledged, and later said not to have happened: %s",
                request.calls());
          }
          if (request.kind() != Kind.RESULT) continue;
          for (Operation call : request.calls()) {
            if (call.phase() != Phase.OK) continue;
            String before = endings.putIfAbsent(call.run(), call.word());
            if (before != null && !before.equals(call.word())) {
              report.violation("run " + call.run(), "it ended as '%s', and later as '%s'", before, call.word());
            }
          }
        }
      });

  static final Invariant NO_ANSWER_LEFT_OPEN = Invariant.ofEvidence("OP2", "after healing, every request gets an answer",
      (evidence, report) -> {
        if (!evidence.quiet()) return;
        for (Request request : evidence.asked().of(Phase.INFO)) {
          report.violation(request.subject(), "nobody knows what became of it: %s", request.calls().getLast());
        }
      });

  static final Invariant ACKNOWLEDGED_IS_DURABLE = Invariant.ofEvidence("I1", "what was acknowledged is there",
      (evidence, report) -> {
        Traces traces = evidence.traces();
        for (Request request : evidence.asked().of(Phase.OK)) {
          if (request.kind() == Kind.DELETE) gone(evidence, request, report);
          if (evidence.erased(request.workflowId())) continue;
          for (String run : request.runs()) {
            if (!evidence.runs().containsKey(run)) {
              report.violation(request.subject(), "it was answered with run %s, which is not there", run);
            }
          }
          Key key = Key.of(request);
          boolean there = switch (request.kind()) {
            case START -> !request.runs().isEmpty() || traces.starts.containsKey(key);
            case SIGNAL -> traces.signals.containsKey(key);
            case UPDATE -> traces.admittedUpdates.contains(key) || traces.acceptedUpdates.containsKey(key);
            case CANCEL -> traces.cancels.contains(key)
                || traces.cancelledChains.contains(new Key(key.namespace(), key.workflowId(), ""));
            case TERMINATE, RESULT -> request.runs().stream().map(evidence.runs()::get)
                .noneMatch(run -> run != null && run.text("status").equals("RUNNING"));
            case RESET -> request.runs().stream().allMatch(traces.copies::contains);
            case DELETE, OTHER -> true;
          };
          if (!there) report.violation(request.subject(), "it was acknowledged, and did not happen");
        }
      });

  /** Its answers name the runs that were erased. */
  private static void gone(Evidence evidence, Request request, Report report) {
    request.runs().stream().flatMap(runs -> Stream.of(runs.split(" "))).filter(evidence.runs()::containsKey)
        .forEach(run -> report.violation(request.subject(), "it was acknowledged, and run %s is still there", run));
  }

  static final Invariant ONE_START = Invariant.ofEvidence("I2", "one start per request id", (evidence, report) -> {
    evidence.traces().starts.forEach((key, runs) -> {
      if (runs.size() > 1) {
        report.violation("start '%s' of %s".formatted(key.id(), key.workflowId()), "it started %s", runs);
      }
    });
    for (Request request : evidence.asked().requests()) {
      // What was erased is forgotten, its request ids too.
      if (evidence.erased(request.workflowId())) continue;
      boolean makesRun = request.kind() == Kind.START || request.kind() == Kind.RESET;
      if (makesRun && request.runs().size() > 1) {
        report.violation(request.subject(), "it was answered with %s", request.runs());
      }
    }
  });

  static final Invariant ONE_EVENT_PER_MESSAGE =
      Invariant.ofEvidence("I3", "one event per signal and update id, in the order of their sender", (evidence, report) -> {
        Traces traces = evidence.traces();
        traces.signals.forEach((key, places) -> once("signal", key, places, report));
        traces.acceptedUpdates.forEach((key, places) -> once("update", key, places, report));
        inOrder(evidence, report);
      });

  private static void once(String what, Key key, List<Place> places, Report report) {
    // What came before a continue-as-new or a reset is carried along into the first commit of the next run.
    List<Place> fresh = places.stream().filter(place -> !place.atBirth()).toList();
    boolean twiceInOne = places.stream().map(Place::run).distinct().count() < places.size();
    if (fresh.size() > 1 || twiceInOne) {
      report.violation("%s '%s' of %s".formatted(what, key.id(), key.workflowId()), "it was received at %s", places);
    }
  }

  private static void inOrder(Evidence evidence, Report report) {
    Map<String, Request> last = new HashMap<>();
    for (Request request : evidence.asked().requests()) {
      if (request.kind() != Kind.SIGNAL || request.outcome() != Phase.OK) continue;
      String sender = request.calls().getFirst().process() + " " + request.namespace() + " " + request.workflowId();
      Request before = last.put(sender, request);
      if (before == null || before.acknowledged() > request.invoked()) continue;
      List<Place> first = evidence.traces().signals.getOrDefault(Key.of(before), List.of());
      List<Place> second = evidence.traces().signals.getOrDefault(Key.of(request), List.of());
      for (Place one : first) {
        for (Place two : second) {
          if (one.run().equals(two.run()) && two.before(one)) {
            report.violation(request.subject(), "it stands at %s, in front of '%s' at %s, which was acknowledged before",
                two, before.id(), one);
          }
        }
      }
    }
  }

  static final Invariant REFUSED_IS_ABSENT = Invariant.ofEvidence("I4", "what was refused is not there",
      (evidence, report) -> {
        Traces traces = evidence.traces();
        for (Request request : evidence.asked().of(Phase.FAIL)) {
          Key key = Key.of(request);
          boolean there = switch (request.kind()) {
            case START -> traces.starts.containsKey(key);
            case SIGNAL -> traces.signals.containsKey(key);
            case UPDATE -> traces.acceptedUpdates.containsKey(key);
            case CANCEL -> traces.cancels.contains(key);
            case TERMINATE, RESET, DELETE, RESULT, OTHER -> false;
          };
          if (there) {
            report.violation(request.subject(), "it was refused (%s), and yet it happened",
                request.calls().getLast().word());
          }
        }
      });
}
