package dev.pawl.engine.store.sql;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Questions;
import dev.pawl.protocol.json.OutcomeJson;
import dev.pawl.protocol.json.PayloadJson;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Rows of {@code queries}. */
final class QuestionRows implements Questions {
  private static final String COLUMNS = """
      q.query_id, q.run_id, q.namespace, q.queue, q.workflow_id, q.workflow_type, q.sticky, q.name, q.input,
        q.header""";
  private static final String IS_THERE = "select 1 from pawl_queries where query_id = ?";
  private static final String ASK = """
      insert into pawl_queries (query_id, run_id, namespace, queue, workflow_id, workflow_type, sticky, name, input,
        header,
        asked_at, expires_at)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, {now}, {now} + ?)""";
  private static final String OPEN = "select " + COLUMNS + """
       from pawl_queries q
      where q.namespace = ? and q.queue = ? and q.taken_by is null and q.expires_at > {now}
      order by q.asked_at limit ?""";
  private static final String TAKE = "update pawl_queries set taken_by = ? where query_id = ? and taken_by is null";
  private static final String FIND =
      "select " + COLUMNS + " from pawl_queries q where q.query_id = ? and q.outcome is null and q.expires_at > {now}";
  private static final String ANSWER =
      "update pawl_queries set outcome = ? where query_id = ? and outcome is null and expires_at > {now}";
  private static final String ANSWER_OF = "select outcome from pawl_queries where query_id = ? and outcome is not null";
  private static final String FORGET = "delete from pawl_queries where query_id = ?";
  private static final String FORGET_EXPIRED = "delete from pawl_queries where expires_at <= {now}";
  /** Looked at to find some that a session serves; questions never pile up. */
  private static final int WINDOW = 200;

  private final Access access;

  QuestionRows(Access access) {
    this.access = access;
  }

  @Override
  public boolean ask(Question question, Duration patience) {
    return access.change(link -> {
      try (Call there = link.sql(IS_THERE)) {
        if (there.text(question.id()).first(Row::number) != null) return false;
      }
      try (Call call = link.sql(ASK)) {
        UUID sticky = question.sticky() == null ? null : question.sticky().value();
        call.text(question.id()).uuid(question.run().value()).text(question.namespace()).text(question.queue())
            .text(question.workflowId()).text(question.workflowType()).uuid(sticky).text(question.name())
            .text(TaskRows.json(question.input()))
            .text(question.header().isEmpty() ? null : PayloadJson.writeAll(question.header()))
            .number(patience.toNanos() / 1000).update();
      }
      return true;
    });
  }

  @Override
  public List<Question> take(String namespace, String queue, SessionId session, Collection<String> types, int limit) {
    List<Question> open = access.read(link -> {
      try (Call call = link.sql(OPEN)) {
        return call.text(namespace).text(queue).number(WINDOW).list(QuestionRows::question);
      }
    });
    List<Question> wanted = new ArrayList<>();
    for (Question one : open) {
      if (types.isEmpty() || types.contains(one.workflowType())) wanted.add(one);
    }
    if (wanted.isEmpty()) return wanted;
    // Those that this session has in memory first.
    wanted.sort((a, b) -> Boolean.compare(!session.equals(a.sticky()), !session.equals(b.sticky())));
    return access.change(link -> {
      List<Question> taken = new ArrayList<>();
      try (Call call = link.sql(TAKE)) {
        for (Question one : wanted) {
          if (taken.size() == limit) break;
          if (call.uuid(session.value()).text(one.id()).update() == 1) taken.add(one);
        }
      }
      return taken;
    });
  }

  @Override
  public Optional<Question> find(String id) {
    return access.read(link -> {
      try (Call call = link.sql(FIND)) {
        return Optional.ofNullable(call.text(id).first(QuestionRows::question));
      }
    });
  }

  @Override
  public boolean answer(String id, Outcome outcome) {
    return access.change(link -> {
      try (Call call = link.sql(ANSWER)) {
        return call.text(OutcomeJson.write(outcome)).text(id).update() == 1;
      }
    });
  }

  @Override
  public Optional<Outcome> answerOf(String id) {
    return access.read(link -> {
      try (Call call = link.sql(ANSWER_OF)) {
        return Optional.ofNullable(call.text(id).first(row -> OutcomeJson.read(row.text())));
      }
    });
  }

  @Override
  public void forget(String id) {
    access.change(link -> {
      try (Call one = link.sql(FORGET); Call expired = link.sql(FORGET_EXPIRED)) {
        return one.text(id).update() + expired.update();
      }
    });
  }

  private static Question question(Row row) throws SQLException {
    String id = row.text();
    RunId run = new RunId(row.uuid());
    String namespace = row.text();
    String queue = row.text();
    String workflowId = row.text();
    String type = row.text();
    UUID sticky = row.uuidOrNull();
    String name = row.text();
    String input = row.textOrNull();
    String header = row.textOrNull();
    return new Question(id, run, namespace, queue, workflowId, type, sticky == null ? null : new SessionId(sticky),
        name,
        TaskRows.payload(input), header == null ? Map.of() : PayloadJson.readAll(header));
  }
}
