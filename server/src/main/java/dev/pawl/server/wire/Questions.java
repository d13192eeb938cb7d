package dev.pawl.server.wire;

import dev.pawl.server.auth.Secrets;
import dev.pawl.server.http.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Ids of questions to programs on the wire: sealed for the worker that was asked, so that nobody else answers, on whatever
 * node the answer arrives. A question has one attempt; whoever wanted to know asks again.
 */
public final class Questions {
  /** The header of a question that says which update it is about. */
  public static final String UPDATE_ID = "pawl-update-id";

  /** Of every question. */
  public static final int ATTEMPT = 1;

  private static final int SEAL = 12;

  private final byte[] key;

  /** @param key the same on all nodes */
  public Questions(String key) {
    this.key = key.getBytes(StandardCharsets.UTF_8);
  }

  /** @param about what the question is about, such as an update's id; empty: nothing but itself */
  public record Question(String id, String about) {}

  /** What refusals are called on a route. */
  public record Refusals(String task, String notFound, String notYours, String otherAttempt) {}

  /** @param owner the worker that is asked */
  public String write(String namespace, String owner, Question question) {
    return question.id() + "." + text(question.about().getBytes(StandardCharsets.UTF_8)) + "."
        + seal(namespace, owner, question);
  }

  /** @throws Refusal unless this worker was asked this in this namespace */
  public Question read(String namespace, String owner, String task, long attempt, Refusals refusals) {
    String[] parts = task.split("\\.", -1);
    String about = parts.length == 3 ? about(parts[1]) : null;
    if (about == null) throw notFound(task, refusals);
    Question question = new Question(parts[0], about);
    if (!Secrets.same(parts[2], seal(namespace, owner, question))) {
      throw new Refusal(409, refusals.notYours(), "worker '%s' was not asked this".formatted(owner), refusals.task(),
          task);
    }
    if (attempt != ATTEMPT) {
      throw new Refusal(409, refusals.otherAttempt(), "the task is at attempt %d".formatted(ATTEMPT), refusals.task(),
          task, "current_attempt", ATTEMPT);
    }
    return question;
  }

  /** Nobody waits for an answer to it, or nobody ever did. */
  public static Refusal notFound(String task, Refusals refusals) {
    return new Refusal(404, refusals.notFound(), "nobody waits for an answer to '%s'".formatted(task), refusals.task(),
        task);
  }

  private static @Nullable String about(String text) {
    try {
      return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private String seal(String namespace, String owner, Question question) {
    String all = String.join("\n", namespace, owner, question.id(), question.about());
    return text(Arrays.copyOf(Secrets.mac(key, all.getBytes(StandardCharsets.UTF_8)), SEAL));
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
