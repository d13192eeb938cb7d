package dev.pawl.engine.store.sql;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.RunTransition;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.json.MailJson;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Writes the rows of writes whose guards hold and whose rows are locked, table by table, in batches. */
final class RowWriter {
  static final String INSERT_CHAIN =
      "insert into pawl_chains (namespace, workflow_id, run_id, run_number) values (?, ?, ?, ?)";
  static final String UPDATE_CHAIN =
      "update pawl_chains set run_id = ?, run_number = ? where namespace = ? and workflow_id = ?";
  static final String INSERT_MAIL = "insert into pawl_mailbox (owner, item, due, kind, data) values (?, ?, ?, ?, ?)";
  static final String DELETE_MAIL = "delete from pawl_mailbox where owner = ? and item = ?";
  static final String INSERT_REQUEST = """
      insert into pawl_requests (namespace, workflow_id, request_id, digest, run_id, at) values (?, ?, ?, ?, ?, ?)""";
  static final String INSERT_NOTE = """
      insert into pawl_transitions (run_id, at, commit_id, ord, namespace, step, epoch, what, cause, actor, reason)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
  static final String INSERT_LATE = """
      insert into pawl_late_reports (run_id, at, commit_id, ord, step, attempt, epoch, kind, body, why)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
  /** Nothing else of the commit asks whether the run is there, and the lane may not know that it was erased. */
  static final String STILL_THERE = "select r.run_id from pawl_runs r where r.run_id = ?{for update}";

  private final String postMail;

  RowWriter(Dialect dialect) {
    postMail = postMail(dialect);
  }

  /** What is posted last counts. */
  static String postMail(Dialect dialect) {
    return INSERT_MAIL + dialect.onDuplicate("owner, item", "due", "kind", "data");
  }

  void write(Link link, List<Packed> holding, long commitId) throws SQLException {
    List<Packed> writes = holding;
    runs(link, writes, commitId);
    chains(link, writes);
    tasks(link, writes);
    mails(link, writes);
    updates(link, writes);
    requests(link, writes);
    ledger(link, writes, commitId);
    attributes(link, writes);
    // The head of a chain is locked last of all rows.
    for (Packed write : writes) for (RunTransition line : write.audits) RunSeals.seal(link, line);
  }

  private static void runs(Link link, List<Packed> writes, long commitId) throws SQLException {
    List<Packed.RunSheet> changed = new ArrayList<>();
    List<Packed.RunSheet> born = new ArrayList<>();
    for (Packed write : writes) {
      if (write.changed != null) changed.add(write.changed);
      born.addAll(write.born);
    }
    changed.sort(Comparator.comparing(Packed.RunSheet::id));
    born.sort(Comparator.comparing(Packed.RunSheet::id));
    if (!changed.isEmpty()) {
      try (Call update = link.sql(RunRows.UPDATE); Call within = link.sql(RunRows.UPDATE_WITHIN_LEASE)) {
        for (Packed.RunSheet sheet : changed) {
          if (sheet.withinLease) RunRows.updateWithinLease(within, sheet, commitId).add();
          else RunRows.update(update, sheet, commitId).add();
        }
        update.flush();
        within.flush();
      }
    }
    if (!born.isEmpty()) {
      try (Call insert = link.sql(RunRows.INSERT)) {
        for (Packed.RunSheet sheet : born) RunRows.insert(insert, sheet, commitId).add();
        insert.flush();
      }
    }
    try (Call insert = link.sql(RunRows.INSERT_EVENT)) {
      for (Packed.RunSheet sheet : changed) events(insert, sheet, commitId);
      for (Packed.RunSheet sheet : born) events(insert, sheet, commitId);
      insert.flush();
    }
  }

  private static void events(Call insert, Packed.RunSheet sheet, long commitId) throws SQLException {
    for (Packed.Line line : sheet.events) {
      insert.uuid(sheet.id().value()).number(line.seq).text(line.type).number(line.at).number(line.seen)
          .number(commitId).text(line.data).add();
    }
  }

  private static void chains(Link link, List<Packed> writes) throws SQLException {
    if (writes.stream().allMatch(w -> w.chains.isEmpty())) return;
    List<Effect.PointChain> sorted = new ArrayList<>();
    for (Packed write : writes) sorted.addAll(write.chains);
    sorted.sort(Comparator.comparing(Effect.PointChain::namespace).thenComparing(Effect.PointChain::workflowId));
    try (Call insert = link.sql(INSERT_CHAIN); Call update = link.sql(UPDATE_CHAIN)) {
      for (Effect.PointChain chain : sorted) {
        if (chain.expected() == null) {
          insert.text(chain.namespace()).text(chain.workflowId()).uuid(chain.to().value())
              .number(chain.runNumber()).add();
        } else {
          update.uuid(chain.to().value()).number(chain.runNumber()).text(chain.namespace())
              .text(chain.workflowId()).add();
        }
      }
      insert.flush();
      update.flush();
    }
  }

  private static void tasks(Link link, List<Packed> writes) throws SQLException {
    if (writes.stream().allMatch(w -> w.tasks.isEmpty())) return;
    try (Call delete = link.sql(TaskRows.DELETE);
        Call update = link.sql(TaskRows.UPDATE);
        Call insert = link.sql(TaskRows.INSERT)) {
      for (Packed write : writes) {
        for (Map.Entry<TaskId, Packed.TaskPart> entry : write.tasks.entrySet()) {
          switch (entry.getValue()) {
            case Packed.TaskPart.Close p ->
                delete.uuid(entry.getKey().run().value()).number(entry.getKey().step()).add();
            case Packed.TaskPart.Change p -> TaskRows.update(update, p.task(), p.expectedEpoch()).add();
            case Packed.TaskPart.Open p -> TaskRows.insert(insert, p.task()).add();
          }
        }
      }
      delete.flush();
      update.flush();
      insert.flush();
    }
  }

  private void mails(Link link, List<Packed> writes) throws SQLException {
    if (writes.stream().allMatch(w -> w.mails.isEmpty())) return;
    try (Call delete = link.sql(DELETE_MAIL); Call post = link.sql(postMail)) {
      for (Packed write : writes) {
        for (Map.Entry<Mail.Key, Packed.MailPart> entry : write.mails.entrySet()) {
          Mail.Key key = entry.getKey();
          Mail mail = entry.getValue().posted();
          // A row that goes and comes back is simply overwritten.
          if (mail != null) mail(post, mail).add();
          else delete.uuid(key.owner().value()).text(key.item()).add();
        }
      }
      delete.flush();
      post.flush();
    }
  }

  static Call mail(Call call, Mail mail) throws SQLException {
    return call.uuid(mail.key().owner().value()).text(mail.key().item()).instant(mail.due())
        .text(MailJson.type(mail.message())).text(MailJson.write(mail.message()));
  }

  private static void updates(Link link, List<Packed> writes) throws SQLException {
    if (writes.stream().allMatch(w -> w.updates.isEmpty() && w.rejections.isEmpty())) return;
    try (Call insert = link.sql(UpdateRows.INSERT); Call update = link.sql(UpdateRows.UPDATE)) {
      for (Packed write : writes) {
        int n = 0;
        for (Map.Entry<Packed.UpdateKey, Packed.UpdatePart> entry : write.updates.entrySet()) {
          if (entry.getValue().admitted() == null) UpdateRows.update(update, entry.getKey(), entry.getValue()).add();
          else UpdateRows.insert(insert, entry.getKey(), entry.getValue(), ordOf(write, n++)).add();
        }
      }
      insert.flush();
      update.flush();
    }
    if (writes.stream().allMatch(w -> w.rejections.isEmpty())) return;
    // Behind the settling: what this very write accepts is not rejected.
    try (Call reject = link.sql(UpdateRows.REJECT)) {
      for (Packed write : writes) {
        for (Effect.RejectAdmitted r : write.rejections) {
          reject.text(UpdateRows.json(Outcome.failed(r.why()))).uuid(r.run().value()).add();
        }
      }
      reject.flush();
    }
  }

  /** The run's version rises with every admission, so it orders them. */
  static long ordOf(Packed write, int n) {
    return write.expectedVersion * 1024 + n;
  }

  private static void requests(Link link, List<Packed> writes) throws SQLException {
    if (writes.stream().allMatch(w -> w.remembered.isEmpty())) return;
    try (Call insert = link.sql(INSERT_REQUEST)) {
      for (Packed write : writes) {
        for (Effect.Remembered r : write.remembered) {
          insert.text(r.namespace()).text(r.workflowId()).text(r.requestId()).text(r.digest()).uuid(r.run().value())
              .instant(r.at()).add();
        }
      }
      insert.flush();
    }
  }

  private static void ledger(Link link, List<Packed> writes, long commitId) throws SQLException {
    if (writes.stream().allMatch(w -> w.notes.isEmpty() && w.lateReports.isEmpty())) return;
    int ord = 0;
    try (Call note = link.sql(INSERT_NOTE); Call late = link.sql(INSERT_LATE)) {
      for (Packed write : writes) {
        for (Effect.Note n : write.notes) {
          note.uuid(n.run().value()).instant(n.at()).number(commitId).number(ord++).text(n.namespace())
              .number(n.step()).number(n.epoch()).text(Texts.cut(n.what(), 64)).text(Texts.cut(n.cause(), 64))
              .text(Texts.words(n.actor())).text(Texts.words(n.reason())).add();
        }
        for (Effect.KeepLateReport r : write.lateReports) {
          if (!stillThere(link, r.token().run())) continue;
          late.uuid(r.token().run().value()).instant(r.at()).number(commitId).number(ord++)
              .number(r.token().step()).number(r.token().attempt()).number(r.token().epoch())
              .text(Texts.cut(r.kind(), 64))
              .text(Texts.words(r.body())).text(Texts.words(r.why())).add();
        }
      }
      note.flush();
      late.flush();
    }
  }

  private static boolean stillThere(Link link, RunId run) throws SQLException {
    try (Call call = link.sql(STILL_THERE)) {
      return call.uuid(run.value()).first(Row::uuid) != null;
    }
  }

  private static void attributes(Link link, List<Packed> writes) throws SQLException {
    if (writes.stream().noneMatch(w -> w.sheets().stream().anyMatch(s -> s.attributesChanged))) return;
    try (Call delete = link.sql(AttributeRows.DELETE); Call insert = link.sql(AttributeRows.INSERT)) {
      for (Packed write : writes) {
        if (write.changed != null && write.changed.attributesChanged) {
          delete.uuid(write.changed.id().value()).add();
        }
        for (Packed.RunSheet sheet : write.sheets()) {
          if (!sheet.attributesChanged) continue;
          var state = sheet.run.state();
          AttributeRows.add(insert, sheet.id().value(), state.namespace(), state.searchAttributes());
        }
      }
      delete.flush();
      insert.flush();
    }
  }
}
