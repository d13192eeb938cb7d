package dev.pawl.server.work;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.wire.Histories;
import dev.pawl.server.wire.HistorySource;
import dev.pawl.server.wire.PageTokens;
import dev.pawl.server.wire.SeenOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The history that goes with a workflow task: the first page with the task itself, the others when they are asked for. A
 * page costs what is on it. Its token says where the next one begins and what is open there, so that any node can go on.
 */
final class TaskPages {
  static final int LARGEST = 1_000;
  static final int STANDARD = 500;

  /** Everything that is open where a page ends; some thousand parallel activities are a few ten thousand characters. */
  static final int LONGEST_TOKEN = 2_000_000;

  /** By this published workers ask for a history from its beginning. */
  private static final String BEGINNING = "MA==";

  private static final String KIND = "task";
  private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

  private final PawlEngine engine;
  private final PageTokens tokens;

  TaskPages(PawlEngine engine, PageTokens tokens) {
    this.engine = engine;
    this.tokens = tokens;
  }

  /**
   * What is shown of a run.
   *
   * @param upTo number of the last event that the worker may see with this task
   * @param offered an update that the program is asked about; it stands behind everything else
   */
  record Subject(String namespace, String workflowId, RunId run, long upTo, HistorySource source,
      Effect.@Nullable Update offered) {}

  /** @param next token of the next page; null: there is none */
  record Page(List<Map<String, @Nullable Object>> events, @Nullable String next) {}

  /** Where a page begins. */
  private record Start(SeenOrder.Place place, int size, String update, String open) {}

  /**
   * Events of a run whose workflow task is held.
   *
   * @param granted came with the grant, and are not read again
   * @param complete there are no others
   */
  HistorySource source(TaskToken token, List<Event> granted, boolean complete) {
    if (complete) return HistorySource.of(granted);
    WorkerApi worker = engine.worker();
    return new HistorySource() {
      @Override
      public List<Event> read(long after, int limit) {
        return after < granted.size()
            ? HistorySource.of(granted).read(after, limit)
            : worker.history(token, after, limit);
      }

      @Override
      public long find(long after, long upTo, boolean reported) {
        long near = HistorySource.of(granted).find(after, Math.min(upTo, granted.size()), reported);
        return near > 0 ? near : engine.store().find(token.run(), Math.max(after, granted.size()), upTo, reported);
      }
    };
  }

  /** @param size most events of a page; 0: all of them on this one */
  Page first(Subject subject, int size) {
    String update = subject.offered() == null ? "" : subject.offered().updateId();
    return page(subject, new Start(SeenOrder.Place.START, size == 0 ? Integer.MAX_VALUE : size, update, ""));
  }

  /**
   * The page that a token names.
   *
   * @param size asked for with it; 0: as large as the ones before
   */
  Page next(Subject subject, String token, int size) {
    if (token.equals(BEGINNING)) return first(subject, size == 0 ? STANDARD : size);
    Start start = start(subject.run(), token);
    Effect.Update offered = start.update().isEmpty() ? null : admitted(subject.run(), start.update());
    Subject whole = new Subject(subject.namespace(), subject.workflowId(), subject.run(), subject.upTo(),
        subject.source(), offered);
    return page(whole, size == 0 ? start : new Start(start.place(), size, start.update(), start.open()));
  }

  private Page page(Subject subject, Start start) {
    SeenOrder.Page seen = SeenOrder.page(subject.source(), subject.upTo(), start.place(), start.size());
    Histories histories = new Histories(subject.namespace(), subject.workflowId(), subject.run());
    List<Map<String, @Nullable Object>> shown =
        new ArrayList<>(histories.page(start.open(), seen.events(), subject.source()));
    SeenOrder.Place next = seen.next();
    if (next != null) return new Page(shown, token(subject.run(), next, start, histories.carried()));
    if (subject.offered() != null) {
      Event last = subject.source().read(subject.upTo() - 1, 1).getFirst();
      shown.add(histories.offered(subject.offered(), last));
    }
    return new Page(shown, null);
  }

  private Effect.@Nullable Update admitted(RunId run, String id) {
    return engine.store().admitted(run).stream().filter(one -> one.updateId().equals(id)).findFirst().orElse(null);
  }

  private String token(RunId run, SeenOrder.Place next, Start start, String open) {
    return tokens.write(String.join("|", KIND, run.toString(), String.valueOf(next.outside()),
        String.valueOf(next.reported()), String.valueOf(start.size()),
        TEXT.encodeToString(start.update().getBytes(StandardCharsets.UTF_8)), open));
  }

  private Start start(RunId run, String token) {
    String[] part = tokens.read(token).orElse("").split("\\|", -1);
    if (part.length != 7 || !part[0].equals(KIND) || !part[1].equals(run.toString())) {
      throw new Refusal(400, "invalid_page_token", "this page token was not given out for this run");
    }
    String update = new String(Base64.getUrlDecoder().decode(part[5]), StandardCharsets.UTF_8);
    return new Start(new SeenOrder.Place(Long.parseLong(part[2]), Long.parseLong(part[3])), Integer.parseInt(part[4]),
        update, part[6]);
  }
}
