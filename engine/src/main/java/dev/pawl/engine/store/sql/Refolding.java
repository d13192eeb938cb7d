package dev.pawl.engine.store.sql;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunState;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.json.EventJson;
import dev.pawl.protocol.json.RunStateJson;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the folded state of a blocked run anew from its history: the copy in the run's row is only a cache. The history
 * has to be whole, every event in its place and as it was written, which the hash in the row proves.
 */
final class Refolding {
  private static final String HEAD = """
      select r.namespace, r.workflow_id, r.epoch, r.version, r.last_seq, r.history_hash from pawl_runs r
      where r.run_id = ? and r.phase = 'BLOCKED'{for update}""";
  private static final String HISTORY = """
      select e.seq, e.at, e.seen, e.type, e.data from pawl_events e where e.run_id = ? order by e.seq""";
  private static final String WRITE = """
      update pawl_runs set birth = ?, state = ?, status = ?, paused = ?, version = version + 1
      where run_id = ? and version = ?""";

  private record Head(String namespace, String workflowId, long epoch, long version, long lastSeq, byte[] hash) {}

  private final Access access;

  Refolding(Access access) {
    this.access = access;
  }

  boolean refold(RunId run) {
    return access.change(link -> {
      Head head = head(link, run);
      if (head == null) return false;
      RunState state = state(link, run, head);
      if (state == null) return false;
      try (Call write = link.sql(WRITE)) {
        write.text(RunStateJson.fixed(state)).text(RunStateJson.moving(state)).text(state.status().name())
            .yes(state.paused()).uuid(run.value()).number(head.version());
        if (write.update() == 0) return false;
      }
      new Ledger(link, run, head.namespace(), head.epoch(), Queues.now(link))
          .line(0, "RUN_REFOLDED", "its state was made anew from %d events".formatted(head.lastSeq()));
      return true;
    });
  }

  private static @Nullable Head head(Link link, RunId run) throws SQLException {
    try (Call call = link.sql(HEAD)) {
      return call.uuid(run.value()).first(row ->
          new Head(row.text(), row.text(), row.number(), row.number(), row.number(), row.bytes()));
    }
  }

  /** Null: the history is not whole. */
  private static @Nullable RunState state(Link link, RunId run, Head head) throws SQLException {
    List<Event> events = new ArrayList<>();
    byte[][] hash = {HistoryHash.START};
    try (Call call = link.sql(HISTORY)) {
      call.uuid(run.value()).list(row -> {
        long seq = row.number();
        long at = row.number();
        long seen = row.number();
        String type = row.text();
        String data = row.text();
        hash[0] = HistoryHash.next(hash[0], seq, at, seen, type, data.getBytes(StandardCharsets.UTF_8));
        Instant time = Micros.toInstant(at);
        return events.add(new Event(seq, time, seen, EventJson.read(type, data)));
      });
      if (events.size() != head.lastSeq() || !Arrays.equals(hash[0], head.hash())) return null;
      return RunState.fold(run, head.namespace(), head.workflowId(), events);
    } catch (RuntimeException unreadable) {
      return null;
    }
  }
}
