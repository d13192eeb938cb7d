package dev.pawl.engine.store.sql;

import dev.pawl.core.run.Effect;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.json.OutcomeJson;
import dev.pawl.protocol.json.PayloadJson;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of {@code updates}. */
final class UpdateRows {
  static final String COLUMNS = "u.run_id, u.update_id, u.name, u.input, u.header, u.phase, u.outcome";

  static final String INSERT = """
      insert into pawl_updates (run_id, update_id, ord, name, phase, input, header, outcome) values (?, ?, ?, ?, ?,
        ?, ?,
        ?)""";

  static final String UPDATE = """
      update pawl_updates set phase = ?, outcome = coalesce(?, outcome) where run_id = ? and update_id = ?""";

  static final String REJECT = """
      update pawl_updates set phase = 'REJECTED', outcome = ? where run_id = ? and phase = 'ADMITTED'""";

  private UpdateRows() {}

  static Quarantine.Sighted<Effect.Update> read(Row row) throws SQLException {
    RunId run = new RunId(row.uuid());
    String id = row.text();
    String name = row.text();
    String input = row.textOrNull();
    String header = row.textOrNull();
    String phase = row.text();
    String outcome = row.textOrNull();
    try {
      return new Quarantine.Sighted.Good<>(new Effect.Update(run, id, name, TaskRows.payload(input),
          header == null ? Map.of() : PayloadJson.readAll(header), Effect.UpdatePhase.valueOf(phase),
          outcome == null ? null : OutcomeJson.read(outcome)));
    } catch (RuntimeException unreadable) {
      return new Quarantine.Sighted.Bad<>(new Quarantine.OfRun(run,
          "update %s cannot be read: %s".formatted(id, unreadable.getMessage())));
    }
  }

  /** @param ord places the update among those of its run */
  static Call insert(Call call, Packed.UpdateKey key, Packed.UpdatePart part, long ord) throws SQLException {
    Effect.Update update = part.admitted();
    if (update == null) throw new IllegalArgumentException("expected an admitted update: " + key);
    return call.uuid(key.run().value()).text(key.id()).number(ord).text(update.name()).text(part.phase().name())
        .text(TaskRows.json(update.input()))
        .text(update.header().isEmpty() ? null : PayloadJson.writeAll(update.header())).text(json(part.outcome()));
  }

  static Call update(Call call, Packed.UpdateKey key, Packed.UpdatePart part) throws SQLException {
    return call.text(part.phase().name()).text(json(part.outcome())).uuid(key.run().value()).text(key.id());
  }

  static @Nullable String json(@Nullable Outcome outcome) {
    return outcome == null ? null : OutcomeJson.write(outcome);
  }
}
