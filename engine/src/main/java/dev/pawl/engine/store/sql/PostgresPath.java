package dev.pawl.engine.store.sql;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.RunState;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.sql.PostgresStatement.Part;
import dev.pawl.protocol.json.MailJson;
import dev.pawl.protocol.json.PayloadJson;
import dev.pawl.protocol.json.RunStateJson;
import dev.pawl.protocol.json.TaskJson;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.postgresql.PGStatement;

/**
 * Commits a group on PostgreSQL in one round trip: one statement in autocommit, its rows as arrays of records. What the statement
 * cannot say (replacing the search attributes of a run, rejecting all waiting updates, sealing a line of the audit), and a
 * race for a new chain, goes the general way.
 */
final class PostgresPath implements CommitPath {
  private static final String HASHES = "select run_id, version, history_hash from pawl_runs where run_id in (%s)";

  private static final Map<EnumSet<Part>, String> STATEMENTS = new ConcurrentHashMap<>();

  private final GuardedPath general;
  private final Hashes hashes;

  PostgresPath(GuardedPath general, Hashes hashes) {
    this.general = general;
    this.hashes = hashes;
  }

  @Override
  public boolean[] commit(Link link, List<Packed> group, long commitId) throws SQLException {
    List<Packed> plain = new ArrayList<>(group.size());
    List<Packed> rare = new ArrayList<>(0);
    for (Packed write : group) (isRare(write) ? rare : plain).add(write);
    if (rare.isEmpty()) return fast(link, group, commitId);
    boolean[] plainLanded = plain.isEmpty() ? new boolean[0] : fast(link, plain, commitId);
    boolean[] rareLanded = general.commit(link, rare, commitId);
    learn(rare, rareLanded);
    boolean[] landed = new boolean[group.size()];
    int p = 0;
    int r = 0;
    for (int i = 0; i < landed.length; i++) landed[i] = isRare(group.get(i)) ? rareLanded[r++] : plainLanded[p++];
    return landed;
  }

  private static boolean isRare(Packed write) {
    return !write.rejections.isEmpty() || !write.audits.isEmpty() || (write.changed != null && write.changed.attributesChanged);
  }

  private boolean[] fast(Link link, List<Packed> group, long commitId) throws SQLException {
    chainHashes(link, group);
    boolean[] landed;
    try {
      landed = send(link, group, commitId);
    } catch (SQLException e) {
      if (link.dialect().classify(e) != Trouble.DUPLICATE) throw e;
      // Somebody inserted the same key between our look and our insert, and nothing of ours was written.
      landed = general.commit(link, group, commitId);
    }
    learn(group, landed);
    return landed;
  }

  /** Adds the new events to the hash of the history before them; what is not known is read first. */
  private void chainHashes(Link link, List<Packed> group) throws SQLException {
    Map<RunId, Packed> unknown = new HashMap<>();
    for (Packed write : group) {
      for (Packed.RunSheet sheet : write.born) sheet.chain(HistoryHash.START);
      if (write.changed == null) continue;
      byte[] before = hashes.at(write.changed.id(), write.expectedVersion);
      if (before != null) write.changed.chain(before);
      else unknown.put(write.changed.id(), write);
    }
    if (unknown.isEmpty()) return;
    List<RunId> ids = List.copyOf(unknown.keySet());
    try (Call call = link.sql(HASHES.formatted(Link.marks(ids.size())))) {
      for (RunId id : Link.padded(ids)) call.uuid(id.value());
      call.list(row -> {
        RunId id = new RunId(row.uuid());
        long version = row.number();
        Packed write = unknown.get(id);
        // Under another version the write falls out, whatever its hash.
        if (write != null && write.changed != null && write.expectedVersion == version) {
          write.changed.chain(row.bytes());
        }
        return id;
      });
    }
  }

  private void learn(List<Packed> group, boolean[] landed) {
    for (int i = 0; i < landed.length; i++) {
      Packed write = group.get(i);
      for (Packed.RunSheet sheet : write.sheets()) {
        if (landed[i] && sheet.run.state().open()) hashes.know(sheet.id(), sheet.run.version(), sheet.hash);
        else hashes.forget(sheet.id());
      }
    }
  }

  private static boolean[] send(Link link, List<Packed> group, long commitId) throws SQLException {
    Rows rows = new Rows(group);
    String sql = STATEMENTS.computeIfAbsent(rows.parts, PostgresStatement::of);
    try (Call call = link.sql(sql)) {
      PreparedStatement statement = call.raw();
      // Planning such a statement costs more than running it: prepared on the server from the first time.
      statement.unwrap(PGStatement.class).setPrepareThreshold(1);
      statement.setString(1, "0".repeat(group.size()));
      statement.setString(2, rows.changedBits());
      statement.setLong(3, commitId);
      rows.bind(statement, 4);
      try (ResultSet answer = statement.executeQuery()) {
        if (!answer.next()) throw new SQLException("expected the outcome of a group, got nothing");
        String bits = answer.getString(1);
        boolean[] landed = new boolean[group.size()];
        for (int i = 0; i < landed.length; i++) landed[i] = bits.charAt(i) == '0';
        return landed;
      }
    }
  }

  /** A group as columns. Rows of a table are sorted by key, so that nodes lock them in the same order. */
  private static final class Rows {
    final EnumSet<Part> parts = EnumSet.noneOf(Part.class);
    private final List<Packed> group;
    private final Records changed = new Records(PostgresStatement.CHANGED_ROWS);
    private final Records versions = new Records(PostgresStatement.VERSION_ROWS);
    private final Records bornKeys = new Records(PostgresStatement.BORN_KEY_ROWS);
    private final Records chainKeys = new Records(PostgresStatement.CHAIN_KEY_ROWS);
    private final Records born = new Records(PostgresStatement.BORN_ROWS);
    private final Records newChains = new Records(PostgresStatement.CHAIN_ROWS);
    private final Records events = new Records(PostgresStatement.EVENT_ROWS);
    private final Records chainGuards = new Records(PostgresStatement.CHAIN_GUARD_ROWS);
    private final Records moves = new Records(PostgresStatement.CHAIN_ROWS);
    private final Records taskGuards = new Records(PostgresStatement.TASK_GUARD_ROWS);
    private final Records closes = new Records(PostgresStatement.TASK_KEY_ROWS);
    private final Records changes = new Records(PostgresStatement.TASK_ROWS);
    private final Records opens = new Records(PostgresStatement.OPEN_ROWS);
    private final Records mailGuards = new Records(PostgresStatement.MAIL_KEY_ROWS);
    private final Records takes = new Records(PostgresStatement.MAIL_KEY_ROWS);
    private final Records posts = new Records(PostgresStatement.MAIL_ROWS);
    private final Map<Part, List<Records>> guards = new EnumMap<>(Part.class);
    private final Map<Part, List<Records>> writes = new EnumMap<>(Part.class);

    Rows(List<Packed> group) {
      this.group = group;
      runs();
      chains();
      tasks();
      mails();
      rest();
      // A write with more guards than its version may fail on one of the others after its run was updated: then all
      // versions are looked at before anything is written.
      if (!changed.isEmpty()) {
        if (isDirect()) {
          parts.add(Part.CHANGED);
        } else {
          guard(Part.CHANGED_LOCKED, versions);
          write(Part.CHANGED_LOCKED, changed);
        }
      }
      if (!bornKeys.isEmpty() || !chainKeys.isEmpty()) {
        parts.add(Part.BORN);
        guards.put(Part.BORN, List.of(bornKeys, chainKeys));
        writes.put(Part.BORN, List.of(born, newChains));
      }
      write(Part.EVENTS, events);
      guard(Part.MOVED, chainGuards);
      write(Part.MOVED, moves);
      guard(Part.TASK_GUARDS, taskGuards);
      write(Part.TASK_CLOSES, closes);
      write(Part.TASK_CHANGES, changes);
      write(Part.TASK_OPENS, opens);
      guard(Part.MAIL_GUARDS, mailGuards);
      write(Part.MAIL_TAKES, takes);
      write(Part.MAIL_POSTS, posts);
    }

    private void guard(Part part, Records rows) {
      if (rows.isEmpty()) return;
      parts.add(part);
      guards.put(part, List.of(rows));
    }

    private void write(Part part, Records... tables) {
      if (Stream.of(tables).allMatch(Records::isEmpty)) return;
      parts.add(part);
      writes.put(part, List.of(tables));
    }

    private boolean isDirect() {
      for (Packed write : group) {
        if (write.changed != null && (!write.born.isEmpty() || !write.chains.isEmpty()
            || write.tasks.values().stream().anyMatch(part -> GuardedPath.guardOf(part) != null)
            || write.mails.values().stream().anyMatch(Packed.MailPart::guarded))) {
          return false;
        }
      }
      return true;
    }

    String changedBits() {
      StringBuilder bits = new StringBuilder(group.size());
      for (Packed write : group) bits.append(write.changed == null ? '0' : '1');
      return bits.toString();
    }

    private record Sheet(int w, long expected, Packed.RunSheet sheet) {}

    private void runs() {
      List<Sheet> old = new ArrayList<>();
      List<Sheet> fresh = new ArrayList<>();
      for (int w = 0; w < group.size(); w++) {
        Packed write = group.get(w);
        if (write.changed != null) old.add(new Sheet(w, write.expectedVersion, write.changed));
        for (Packed.RunSheet sheet : write.born) fresh.add(new Sheet(w, 0, sheet));
      }
      Comparator<Sheet> byId = Comparator.comparing(s -> s.sheet().id());
      old.sort(byId);
      fresh.sort(byId);
      for (Sheet s : old) {
        versions.integer(s.w()).uuid(s.sheet().id().value()).number(s.expected());
        RunState state = s.sheet().run.state();
        changed.integer(s.w()).uuid(s.sheet().id().value()).number(s.expected()).text(state.status().name())
            .integer(state.paused() ? 1 : 0).number(s.sheet().run.version());
        task(changed, s.sheet().run.task());
        changed.instant(state.closedAt()).number(state.lastSeq()).number((long) s.sheet().bytes)
            .bytes(s.sheet().hash).text(s.sheet().state);
        events(s);
      }
      for (Sheet s : fresh) {
        RunState state = s.sheet().run.state();
        bornKeys.integer(s.w()).uuid(s.sheet().id().value());
        born.integer(s.w()).uuid(s.sheet().id().value()).text(state.namespace()).text(state.workflowId())
            .text(state.started().workflowType()).text(state.started().queue())
            .integer(Level.of(state.started().options())).integer(state.started().runNumber())
            .text(state.status().name()).integer(state.paused() ? 1 : 0).number(s.sheet().run.version());
        task(born, s.sheet().run.task());
        born.instant(state.startedAt()).instant(state.closedAt()).number(state.lastSeq())
            .number((long) s.sheet().bytes).bytes(s.sheet().hash).text(RunStateJson.fixed(state)).text(s.sheet().state)
            .text(state.started().options().buildId());
        events(s);
      }
    }

    private static void task(Records to, WorkflowTask task) {
      to.text(task.phase().name()).number(task.epoch()).uuid(RunRows.idOf(task.session())).instant(task.since())
          .instant(task.visibleAt()).number(task.seen()).uuid(RunRows.idOf(task.sticky())).integer(task.report())
          .number(task.reportSeq()).integer(task.losses()).integer(task.failures()).integer(task.admitted())
          .text(Texts.words(task.reason()));
    }

    private void events(Sheet s) {
      for (Packed.Line line : s.sheet().events) {
        events.integer(s.w()).uuid(s.sheet().id().value()).number(line.seq).text(line.type).number(line.at)
            .number(line.seen).text(line.data);
      }
    }

    private void chains() {
      record Pointed(int w, Effect.PointChain chain) {}
      List<Pointed> all = new ArrayList<>();
      for (int w = 0; w < group.size(); w++) for (Effect.PointChain c : group.get(w).chains) all.add(new Pointed(w, c));
      all.sort(Comparator.comparing((Pointed p) -> p.chain().namespace()).thenComparing(p -> p.chain().workflowId()));
      for (Pointed p : all) {
        Effect.PointChain chain = p.chain();
        RunId expected = chain.expected();
        if (expected == null) {
          chainKeys.integer(p.w()).text(chain.namespace()).text(chain.workflowId());
        } else {
          chainGuards.integer(p.w()).text(chain.namespace()).text(chain.workflowId()).uuid(expected.value());
        }
        (expected == null ? newChains : moves).integer(p.w()).text(chain.namespace()).text(chain.workflowId())
            .uuid(chain.to().value()).integer(chain.runNumber());
      }
    }

    private void tasks() {
      record Touched(int w, TaskId id, Packed.TaskPart part) {}
      List<Touched> all = new ArrayList<>();
      for (int w = 0; w < group.size(); w++) {
        int place = w;
        group.get(w).tasks.forEach((id, part) -> all.add(new Touched(place, id, part)));
      }
      if (all.isEmpty()) return;
      all.sort(Comparator.comparing((Touched t) -> t.id().run()).thenComparing(t -> t.id().step()));
      for (Touched t : all) {
        Long guard = GuardedPath.guardOf(t.part());
        if (guard != null) taskGuards.integer(t.w()).uuid(t.id().run().value()).integer(t.id().step()).number(guard);
        switch (t.part()) {
          case Packed.TaskPart.Close p -> closes.integer(t.w()).uuid(t.id().run().value()).integer(t.id().step());
          case Packed.TaskPart.Change p -> lease(changes, t.w(), p.task());
          case Packed.TaskPart.Open p -> lease(opens, t.w(), p.task()).text(p.task().namespace())
              .text(p.task().workflowId()).text(p.task().workflowType()).text(p.task().options().queue())
              .text(p.task().activityType()).integer(Level.of(p.task().options()))
              .instant(p.task().scheduledAt()).text(TaskJson.write(p.task()));
        }
      }
    }

    private static Records lease(Records to, int w, ActivityTask task) {
      return to.integer(w).uuid(task.id().run().value()).integer(task.id().step()).text(task.phase().name())
          .integer(task.attempt()).integer(task.losses()).number(task.epoch()).uuid(RunRows.idOf(task.session()))
          .instant(task.visibleAt()).instant(task.leasedAt()).instant(task.heartbeatAt())
          .instant(TaskRows.deadline(task)).integer(task.cancelRequested() ? 1 : 0).integer(task.ambiguous() ? 1 : 0)
          .text(TaskRows.json(task.details())).text(TaskRows.json(task.lastFailure()));
    }

    private void mails() {
      record Touched(int w, Mail.Key key, Packed.MailPart part) {}
      List<Touched> all = new ArrayList<>();
      for (int w = 0; w < group.size(); w++) {
        int place = w;
        group.get(w).mails.forEach((key, part) -> all.add(new Touched(place, key, part)));
      }
      if (all.isEmpty()) return;
      all.sort(Comparator.comparing((Touched t) -> t.key().owner()).thenComparing(t -> t.key().item()));
      for (Touched t : all) {
        if (t.part().guarded()) mailGuards.integer(t.w()).uuid(t.key().owner().value()).text(t.key().item());
        Mail mail = t.part().posted();
        if (mail == null) {
          takes.integer(t.w()).uuid(t.key().owner().value()).text(t.key().item());
        } else {
          // A row that goes and comes back is simply overwritten.
          posts.integer(t.w()).uuid(t.key().owner().value()).text(t.key().item()).instant(mail.due())
              .text(MailJson.type(mail.message())).text(MailJson.write(mail.message()));
        }
      }
    }

    private void rest() {
      Records admits = new Records(PostgresStatement.ADMIT_ROWS);
      Records settles = new Records(PostgresStatement.SETTLE_ROWS);
      Records remembers = new Records(PostgresStatement.REMEMBER_ROWS);
      Records notes = new Records(PostgresStatement.NOTE_ROWS);
      Records lates = new Records(PostgresStatement.LATE_ROWS);
      Records attributes = new Records(PostgresStatement.ATTRIBUTE_ROWS);
      long ord = 0;
      for (int w = 0; w < group.size(); w++) {
        Packed write = group.get(w);
        int n = 0;
        for (Map.Entry<Packed.UpdateKey, Packed.UpdatePart> entry : write.updates.entrySet()) {
          Packed.UpdateKey key = entry.getKey();
          Packed.UpdatePart part = entry.getValue();
          Effect.Update update = part.admitted();
          if (update == null) {
            settles.integer(w).uuid(key.run().value()).text(key.id()).text(part.phase().name())
                .text(UpdateRows.json(part.outcome()));
          } else {
            admits.integer(w).uuid(key.run().value()).text(key.id()).number(RowWriter.ordOf(write, n++))
                .text(update.name()).text(part.phase().name()).text(TaskRows.json(update.input()))
                .text(update.header().isEmpty() ? null : PayloadJson.writeAll(update.header()))
                .text(UpdateRows.json(part.outcome()));
          }
        }
        for (Effect.Remembered r : write.remembered) {
          remembers.integer(w).text(r.namespace()).text(r.workflowId()).text(r.requestId()).text(r.digest())
              .uuid(r.run().value()).instant(r.at());
        }
        for (Effect.Note note : write.notes) {
          notes.integer(w).uuid(note.run().value()).instant(note.at()).number(ord++).text(note.namespace())
              .integer(note.step()).number(note.epoch()).text(Texts.cut(note.what(), 64))
              .text(Texts.cut(note.cause(), 64))
              .text(Texts.words(note.actor())).text(Texts.words(note.reason()));
        }
        for (Effect.KeepLateReport r : write.lateReports) {
          lates.integer(w).uuid(r.token().run().value()).instant(r.at()).number(ord++).integer(r.token().step())
              .integer(r.token().attempt()).number(r.token().epoch()).text(Texts.cut(r.kind(), 64))
              .text(Texts.words(r.body()))
              .text(Texts.words(r.why()));
        }
        for (Packed.RunSheet sheet : write.born) if (sheet.attributesChanged) attributes(attributes, w, sheet);
      }
      write(Part.UPDATES, admits, settles);
      write(Part.REMEMBERED, remembers);
      write(Part.RARE, notes, lates, attributes);
    }

    private static void attributes(Records to, int w, Packed.RunSheet sheet) {
      RunState state = sheet.run.state();
      state.searchAttributes().forEach((name, value) -> {
        long at = 0;
        for (AttributeRows.Cell cell : AttributeRows.cells(value)) {
          to.integer(w).uuid(sheet.id().value()).text(name).number(at++).text(state.namespace()).text(cell.kind())
              .text(cell.text()).number(cell.number()).real(cell.real());
        }
      });
    }

    /** In the order in which {@link PostgresStatement#of} puts the parts. */
    void bind(PreparedStatement statement, int from) throws SQLException {
      int at = from;
      for (Records records : inOrder()) records.bind(statement, at++);
    }

    private List<Records> inOrder() {
      List<Records> all = new ArrayList<>();
      if (parts.contains(Part.CHANGED)) all.add(changed);
      guards.values().forEach(all::addAll);
      writes.values().forEach(all::addAll);
      return all;
    }
  }
}
