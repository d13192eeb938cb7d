package dev.pawl.chaos.client;

import dev.pawl.chaos.errand.Errand;
import dev.pawl.core.job.Actor;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobEnding;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.RejectedException;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.payload.JsonConverter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Clients that hand in errands, again under the same key until they know, and wait for their ends. */
public final class ErrandClients {
  private static final long PAUSE = 30_000_000L;
  private static final Instant CREATED = Instant.parse("2027-01-01T00:00:00Z");
  private static final Actor CALLER = new Actor(Actor.Kind.CALLER, "chaos");

  private final JobApi jobs;
  private final String tribe;
  private final boolean deadly;
  private final Duration patience;
  private final Consumer<String> told;
  private final Map<String, Errand> accepted = new ConcurrentHashMap<>();
  private final AtomicInteger played = new AtomicInteger();

  /**
   * @param tribe how the names of its clients and keys begin; the same one plays the same, whoever plays it
   * @param deadly whether errands may end the process that they run in
   * @param told the key of each errand that was accepted, and the errand behind it, as soon as its client knows
   */
  public ErrandClients(JobApi jobs, String tribe, boolean deadly, Duration patience, Consumer<String> told) {
    this.jobs = jobs;
    this.tribe = tribe;
    this.deadly = deadly;
    this.patience = patience;
    this.told = told;
  }

  /** Errands that were accepted, by key. */
  public Map<String, Errand> accepted() {
    return Map.copyOf(accepted);
  }

  public int played() {
    return played.get();
  }

  /** Plays {@code least} turns per client at least, and on until told that it is enough. */
  public void play(int clients, int least, BooleanSupplier more, long seed) throws InterruptedException {
    Crowd.play(tribe, clients, seed, (name, random) -> {
      for (int i = 1; i <= least || more.getAsBoolean(); i++) turn("%s-errand-%d".formatted(name, i), random.split());
    });
  }

  private void turn(String key, SplittableRandom random) {
    int count = random.nextInt(4) == 0 ? 5 : 1;
    List<String> keys = new ArrayList<>();
    List<JobApi.Submission> all = new ArrayList<>();
    List<Errand> errands = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      Errand errand = Errand.draw(random, deadly);
      errands.add(errand);
      keys.add(key + "-" + i);
      all.add(submission(errand, key + "-" + i));
    }
    submit(all);
    for (int i = 0; i < count; i++) {
      accepted.put(keys.get(i), errands.get(i));
      told.accept(keys.get(i) + " " + all.get(i).spec().payload().text());
    }
    boolean stops = random.nextInt(12) == 0;
    if (stops) cancel(keys.getFirst());
    for (String one : keys) end(one, stops && one.equals(keys.getFirst()));
    if (random.nextInt(4) == 0 && !submit(all).stream().allMatch(SubmitJob.Submitted::replayed)) {
      throw new WrongAnswer("expected the jobs that were there already under " + keys);
    }
    played.addAndGet(count);
  }

  private static JobApi.Submission submission(Errand errand, String key) {
    return JobApi.Submission.of(Jobs.spec(PatientClient.NAMESPACE, JsonConverter.standard(), CREATED, errand.under(key)));
  }

  /** Hands in one errand and waits until it is known to be accepted. */
  public void submit(Errand errand, String key) {
    submit(List.of(submission(errand, key)));
    accepted.put(key, errand);
  }

  private List<SubmitJob.Submitted> submit(List<JobApi.Submission> all) {
    return asked("the submission of " + all.getFirst().spec().key(), () -> {
      List<SubmitJob.Submitted> answers = new ArrayList<>();
      for (JobAnswer<SubmitJob.Submitted> answer : jobs.submit(all)) {
        if (answer instanceof JobAnswer.Refused<?> no) {
          if (no.code() == UwerCode.ADMISSION_REFUSED) return null;
          throw new WrongAnswer("a submission was refused: " + no);
        }
        answers.add(answer.get());
      }
      return answers;
    });
  }

  private void cancel(String key) {
    asked("the cancel of " + key, () -> {
      JobState job = found(key);
      return jobs.cancel(PatientClient.NAMESPACE, job.id(), CALLER) instanceof JobAnswer.Done<JobPhase> done ? done : null;
    });
  }

  private JobState found(String key) {
    return jobs.find(PatientClient.NAMESPACE, Errand.TYPE, key)
        .orElseThrow(() -> new WrongAnswer("job '%s' was accepted and is not there".formatted(key)));
  }

  /** Waits until a job has ended as it must. @param cancelled it was asked to stop */
  public JobState end(String key, boolean cancelled) {
    JobState job = asked("the end of " + key, () -> {
      JobState there = found(key);
      return there.phase().terminal() ? there : null;
    });
    JobEnding ending = job.ending();
    // A node that is lost five times in a row takes its jobs along; the policy drives them again a quarter of an hour later.
    boolean unlucky = ending != null && ending.cause() == DeadLetterCause.LEASE_LOSSES;
    boolean right = job.phase() == JobPhase.SUCCEEDED || unlucky || cancelled && job.phase() == JobPhase.CANCELLED;
    if (!right) throw new WrongAnswer("expected job '%s' to succeed, got %s".formatted(key, job));
    return job;
  }

  private interface Question<T> {
    /** Null: not yet. */
    @Nullable T ask();
  }

  private <T> T asked(String what, Question<T> question) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      String why = "no answer";
      try {
        T answer = question.ask();
        if (answer != null) return answer;
      } catch (RejectedException notNow) {
        why = notNow.toString();
      }
      if (System.nanoTime() > deadline) throw new WrongAnswer("%s did not come within %s: %s".formatted(what, patience, why));
      LockSupport.parkNanos(PAUSE);
    }
  }
}
