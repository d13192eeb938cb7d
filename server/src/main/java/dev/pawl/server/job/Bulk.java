package dev.pawl.server.job;

import dev.pawl.core.job.JobError;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.RejectedException;
import dev.pawl.engine.store.StoreException;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.protocol.uwer.UwerProblem;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One batch: a commit for each portion of lines, an answer for each line. */
final class Bulk {
  /** Lines that are committed together: as many as a group of the engine takes. */
  static final int PORTION = 1_000;

  private final Ingress ingress;
  private final Call call;
  private final List<JobApi.Submission> waiting = new ArrayList<>(PORTION);
  private final List<Integer> lines = new ArrayList<>(PORTION);
  private final List<@Nullable String> answers = new ArrayList<>();
  private @Nullable Refusal broken;

  Bulk(Ingress ingress, Call call) {
    this.ingress = ingress;
    this.call = call;
  }

  /** One line for each line that is not blank, in order. */
  String run() {
    byte[] all = call.document();
    int number = 0;
    for (int from = 0; from < all.length; ) {
      int to = from;
      while (to < all.length && all[to] != '\n') to++;
      number++;
      if (!blank(all, from, to)) line(number, Arrays.copyOfRange(all, from, to));
      from = to + 1;
    }
    commit();
    StringBuilder out = new StringBuilder();
    for (String answer : answers) out.append(answer).append('\n');
    return out.toString();
  }

  private static boolean blank(byte[] all, int from, int to) {
    for (int i = from; i < to; i++) if (all[i] != ' ' && all[i] != '\t' && all[i] != '\r') return false;
    return true;
  }

  private void line(int number, byte[] document) {
    answers.add(null);
    try {
      waiting.add(ingress.submission(call, ingress.submitted(call, document), null));
      lines.add(number);
      if (waiting.size() == PORTION) commit();
    } catch (Refusal no) {
      answers.set(answers.size() - 1, refused(number, no));
    } catch (StoreException trouble) {
      // What was committed before has its answers: they must not be lost with this line.
      answers.set(answers.size() - 1, refused(number,
          UwerAnswers.refusal(UwerAnswers.code(trouble.code()), String.valueOf(trouble.getMessage()), null)));
    }
  }

  private void commit() {
    if (waiting.isEmpty()) return;
    List<JobAnswer<SubmitJob.Submitted>> came = submit();
    int next = 0;
    for (int i = 0; i < answers.size(); i++) {
      if (answers.get(i) != null) continue;
      int number = lines.get(next);
      answers.set(i, switch (came.get(next)) {
        case JobAnswer.Done<SubmitJob.Submitted> done -> accepted(number, done.value());
        case JobAnswer.Refused<SubmitJob.Submitted> no ->
            refused(number, UwerAnswers.refusal(no.code(), no.message(), no.pointer()));
      });
      next++;
    }
    waiting.clear();
    lines.clear();
  }

  /** When the database goes away in the middle, the lines before have their answers, and the others are told so. */
  private List<JobAnswer<SubmitJob.Submitted>> submit() {
    Refusal already = broken;
    if (already == null) {
      try {
        return ingress.submit(waiting);
      } catch (RejectedException e) {
        already = new UwerAnswers().translate(call.route(), e);
        if (already == null) throw e;
        broken = already;
      }
    }
    UwerCode code = UwerCode.parse(already.reason()).orElse(UwerCode.INTERNAL);
    List<JobAnswer<SubmitJob.Submitted>> all = new ArrayList<>(waiting.size());
    for (int i = 0; i < waiting.size(); i++) all.add(new JobAnswer.Refused<>(code, already.message(), null));
    return all;
  }

  private static String accepted(int line, SubmitJob.Submitted answer) {
    return Json.of("line", line, "status", answer.replayed() ? 200 : 201, "task_id", answer.job(), "replayed",
        answer.replayed(), "phase", answer.phase()).write();
  }

  private static String refused(int line, Refusal no) {
    UwerCode code = UwerCode.parse(no.reason()).orElse(UwerCode.INTERNAL);
    String pointer = no.more().get("pointer") instanceof String text ? text : null;
    JobError error = new UwerProblem(code, no.message(), pointer).error();
    return Json.of("line", line, "status", code.httpStatus(), "error", JobShapes.error(error)).write();
  }
}
