package dev.pawl.testbed.check;

import dev.pawl.testbed.ledger.TabbedLine;
import java.time.Instant;
import java.util.List;

/**
 * One line of the log: a client is about to ask, or has heard.
 *
 * @param number 1, 2, 3 ... in the log
 * @param process the client, one thing at a time
 * @param phase the call it belongs to is the process's last {@code INVOKE} of the same request
 * @param id the request's id: of the start, the signal, the update
 * @param run the run it was answered with; empty if there was none
 * @param word the answer or the reason, for people and for results
 */
public record Operation(long number, Instant at, String process, Phase phase, Kind kind, String namespace,
    String workflowId, String id, String run, String word) {

  /** Where a call stands. */
  public enum Phase {
    INVOKE,
    /** Acknowledged. */
    OK,
    /** Definitely did not happen. */
    FAIL,
    /** Nobody knows. */
    INFO
  }

  /** What is asked for. */
  public enum Kind {
    START,
    SIGNAL,
    UPDATE,
    CANCEL,
    TERMINATE,
    RESET,
    /** Erases all runs of a workflow id, which have ended. */
    DELETE,
    /** Reads how a run ended. */
    RESULT,
    /** Counted, not looked for in histories. */
    OTHER
  }

  String line() {
    return TabbedLine.of(number, at, process, phase, kind, namespace, workflowId, id, run, word);
  }

  static Operation read(String line) {
    List<String> f = TabbedLine.fields(line);
    return new Operation(Long.parseLong(f.get(0)), Instant.parse(f.get(1)), f.get(2), Phase.valueOf(f.get(3)),
        Kind.valueOf(f.get(4)), f.get(5), f.get(6), f.get(7), f.get(8), f.get(9));
  }
}
