package dev.pawl.chaos.node;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.worker.WorkerApi;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands before one of the engine's interfaces and does to some calls what networks do: the answer is lost, the call comes
 * twice, or once more much later. Only to calls that may be repeated.
 */
public final class Meddler {
  /** What it does. */
  public enum Trick {
    LOST_ANSWER,
    TWICE,
    ONCE_MORE_LATER
  }

  private static final Set<String> CONTROL = Set.of("start", "signal", "update", "cancel", "terminate", "pause", "resume",
      "reset", "delete", "bulk");
  private static final Set<String> WORKER =
      Set.of("report", "completeActivity", "cancelledActivity", "pollWorkflows", "pollActivities", "heartbeat");

  private static final Set<String> JOBS = Set.of("submit", "cancel");
  private static final Set<String> JOB_WORK = Set.of("report", "poll", "progress");

  private final SplittableRandom random;
  private final double chance;
  private final Consumer<Trick> told;

  /**
   * @param chance that a call is meddled with
   * @param told of every trick, by any thread
   */
  public Meddler(long seed, double chance, Consumer<Trick> told) {
    this.random = new SplittableRandom(seed);
    this.chance = chance;
    this.told = told;
  }

  public ControlApi before(ControlApi control) {
    return before(ControlApi.class, control, CONTROL);
  }

  public JobApi before(JobApi jobs) {
    return before(JobApi.class, jobs, JOBS);
  }

  public JobWorkApi before(JobWorkApi work) {
    return before(JobWorkApi.class, work, JOB_WORK);
  }

  public WorkerApi before(WorkerApi worker) {
    return before(WorkerApi.class, worker, WORKER);
  }

  private <A> A before(Class<A> api, A inside, Set<String> methods) {
    return api.cast(Proxy.newProxyInstance(api.getClassLoader(), new Class<?>[] {api}, (proxy, method, args) -> {
      Trick trick = methods.contains(method.getName()) ? trick(method) : null;
      Object answer = call(inside, method, args);
      if (trick == null) return answer;
      told.accept(trick);
      return switch (trick) {
        case LOST_ANSWER -> throw new RejectedException(
            Rejection.because(Rejection.Code.STORE_UNAVAILABLE, "the answer was lost on the way"));
        case TWICE -> {
          again(inside, method, args);
          yield answer;
        }
        case ONCE_MORE_LATER -> {
          Duration pause = Duration.ofMillis(draw(3_000));
          Thread.ofVirtual().start(() -> {
            LockSupport.parkNanos(pause.toNanos());
            again(inside, method, args);
          });
          yield answer;
        }
      };
    }));
  }

  private synchronized @Nullable Trick trick(Method method) {
    if (random.nextDouble() >= chance) return null;
    // Nobody sends a poll or a heartbeat again, but their answers get lost.
    boolean repeats = !method.getName().startsWith("poll") && !method.getName().equals("heartbeat");
    if (!repeats) return Trick.LOST_ANSWER;
    // An act on many has no id: later it is another act, which holds up what somebody has set going since.
    int tricks = method.getName().equals("bulk") ? Trick.ONCE_MORE_LATER.ordinal() : Trick.values().length;
    return Trick.values()[random.nextInt(tricks)];
  }

  private synchronized int draw(int bound) {
    return random.nextInt(bound);
  }

  /** A copy of a call; what it is answered, nobody hears. */
  private static void again(Object inside, Method method, Object[] args) {
    try {
      call(inside, method, args);
    } catch (RejectedException unheard) {
      // As is the right answer to a copy that comes too late.
    } catch (Throwable defect) {
      throw new IllegalStateException("a repeated " + method.getName() + " broke the engine", defect);
    }
  }

  private static @Nullable Object call(Object inside, Method method, Object @Nullable [] args) throws Throwable {
    try {
      return method.invoke(inside, args);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
