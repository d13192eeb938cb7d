package dev.pawl.engine.store.sql;

import dev.pawl.engine.store.Checkup.Damage;
import dev.pawl.engine.store.Checkup.Page;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Computes the hashes of histories again, a run in each statement, so that it sees one moment of it. */
final class HistoryRows {
  /** A history is read whole: fewer in a page than of small rows. */
  private static final int MOST = 50;

  private static final String KEYS = "select r.run_id from pawl_runs r where r.run_id > ? order by r.run_id limit ?";
  private static final String HISTORY = """
      select r.namespace, r.last_seq, r.history_hash, e.seq, e.at, e.seen, e.type, e.data
      from pawl_runs r, pawl_events e where r.run_id = ? and e.run_id = r.run_id order by e.seq""";
  private static final String PROPOSAL =
      "bring its events back from a backup; until then reset it to an event before the change, or terminate it";

  private HistoryRows() {}

  static Page look(Link link, UUID from, int rows) throws SQLException {
    int most = Math.min(rows, MOST);
    List<UUID> keys;
    try (Call call = link.sql(KEYS)) {
      keys = call.uuid(from).number(most).list(Row::uuid);
    }
    List<Damage> damages = new ArrayList<>(0);
    for (UUID key : keys) {
      Damage damage = damage(link, key);
      if (damage != null) damages.add(damage);
    }
    return new Page(damages, keys.size(), keys.size() < most ? null : keys.getLast());
  }

  private static @Nullable Damage damage(Link link, UUID run) throws SQLException {
    Folded history = new Folded();
    try (Call call = link.sql(HISTORY)) {
      call.uuid(run).list(history::add);
    }
    return history.sound()
        ? null
        : new Damage("RUN", history.namespace, run.toString(),
            "its history of %d events is not what was written: its hash is another one".formatted(history.count), false,
            PROPOSAL);
  }

  private static final class Folded {
    private byte[] hash = HistoryHash.START;
    private byte[] wanted = HistoryHash.START;
    private long last;
    private long count;
    private @Nullable String namespace;

    boolean add(Row row) throws SQLException {
      namespace = row.text();
      last = row.number();
      wanted = row.bytes();
      hash = HistoryHash.next(hash, row.number(), row.number(), row.number(), row.text(),
          row.text().getBytes(StandardCharsets.UTF_8));
      count++;
      return true;
    }

    /** That events are missing is told by the invariant that counts them. */
    boolean sound() {
      return count != last || Arrays.equals(hash, wanted);
    }
  }
}
