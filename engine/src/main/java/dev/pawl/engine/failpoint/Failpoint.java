package dev.pawl.engine.failpoint;

import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A named place in the engine. Armed by {@link #arm} or, in a child process, by the system property
 * {@code pawl.failpoints}: {@code commit_sent=halt,timer_decided=throw@3}; {@code @3} lets the first two pass.
 */
public enum Failpoint {
  /** CP1: a start is accepted and waits for its lane; nothing is stored. */
  START_BEFORE_COMMIT("CP1"),
  /** CP1: a start is stored, its caller does not know. */
  START_BEFORE_REPLY("CP1"),
  /** CP2: work of lost sessions was taken back, nothing is granted yet. */
  CLAIM_AFTER_TAKEOVER("CP2"),
  /** CP3: a grant is stored, the worker does not know. */
  GRANT_BEFORE_REPLY("CP3"),
  /** CP7: a group is decided, its transaction has not begun. */
  COMMIT_BEFORE("CP7"),
  /** CP7: a group is stored, nobody knows. */
  COMMIT_BEFORE_ANSWER("CP7"),
  /** CP8, CP10, CP15: a statement has written, its transaction is not committed, unless it is one of its own. */
  STATEMENT_AFTER("CP8"),
  /** CP9: the callers know, nobody else was woken. */
  COMMIT_BEFORE_WAKE("CP9"),
  /** CP10: a revocation is about to be decided. */
  REVOKE_BEFORE("CP10"),
  /** CP10: a revocation is stored. */
  REVOKE_AFTER("CP10"),
  /** CP11: a heartbeat renewed the session, not yet its activities. */
  HEARTBEAT_HALF("CP11"),
  /** CP13: mails are read, none is delivered. */
  MAIL_BEFORE("CP13"),
  /** CP13: mails are delivered and taken. */
  MAIL_AFTER("CP13"),
  /** CP13: schedules are decided, nothing is stored. */
  SCHEDULE_BEFORE("CP13"),
  /** CP13: schedules are stored with all that they say, nothing of it is delivered. */
  SCHEDULE_AFTER("CP13"),
  /** CP14: the policy has found dead letters, none is driven again. */
  REDRIVE_BEFORE("CP14"),
  /** CP14: dead letters are driven again. */
  REDRIVE_AFTER("CP14"),
  /** CP16: one slice of closed runs is deleted, the next is not. */
  PRUNE_BETWEEN("CP16"),
  /** CP19, A7: a commit that goes on as new, or starts over, is about to begin; reached again when it has landed. */
  CONTINUE_AS_NEW("CP19"),
  /** A7: a commit that bears a child is about to begin; reached again when it has landed. */
  CHILD_START("A7"),
  /** A7: a commit that ends a parent of open children is about to begin; reached again when it has landed. */
  PARENT_CLOSE("A7");

  /** What an armed point does. */
  public enum Act {
    /** Ends the JVM at once, without hooks: what SIGKILL does. */
    HALT,
    /** Throws {@link Reached}. */
    THROW,
    /** Waits until {@link Failpoint#resume()}. */
    PAUSE
  }

  /** Thrown by an armed point; never by anything else. */
  public static final class Reached extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Reached(Failpoint point) {
      super("failpoint " + point);
    }
  }

  private record Plan(Act act, AtomicInteger passes) {}

  private static final ConcurrentHashMap<Failpoint, Plan> PLANS = new ConcurrentHashMap<>();
  private static volatile boolean armed;

  static {
    String property = System.getProperty("pawl.failpoints");
    if (property != null) armAll(property);
  }

  private final String crashPoint;
  private final AtomicInteger reached = new AtomicInteger();
  private final Semaphore resumed = new Semaphore(0);

  Failpoint(String crashPoint) {
    this.crashPoint = crashPoint;
  }

  /** The crash point of the contract, or the row of the fault catalogue. */
  public String crashPoint() {
    return crashPoint;
  }

  /** Called by the engine at this place. */
  public void reach() {
    if (armed) act();
  }

  private void act() {
    @Nullable Plan plan = PLANS.get(this);
    if (plan == null || plan.passes.getAndDecrement() > 0) return;
    reached.incrementAndGet();
    switch (plan.act) {
      case HALT -> Runtime.getRuntime().halt(137);
      case THROW -> throw new Reached(this);
      case PAUSE -> resumed.acquireUninterruptibly();
    }
  }

  /** @param passes how often the point is passed unharmed before it acts, every time from then on */
  public void arm(Act act, int passes) {
    PLANS.put(this, new Plan(act, new AtomicInteger(passes)));
    armed = true;
  }

  public void resume() {
    resumed.release();
  }

  /** Whether any point is armed: what only finds out which point it is at is left out if not. */
  public static boolean anyArmed() {
    return armed;
  }

  /** How often it has acted since the last {@link #disarmAll()}. */
  public int acted() {
    return reached.get();
  }

  /** Makes every point harmless again and lets go whoever waits. */
  public static void disarmAll() {
    PLANS.clear();
    armed = false;
    for (Failpoint point : values()) {
      point.reached.set(0);
      point.resumed.release(point.resumed.getQueueLength());
    }
  }

  private static void armAll(String plans) {
    for (String plan : plans.split(",")) {
      String[] nameAndAct = plan.trim().split("=", 2);
      String[] actAndCount = nameAndAct[1].split("@", 2);
      int nth = actAndCount.length == 2 ? Integer.parseInt(actAndCount[1]) : 1;
      valueOf(nameAndAct[0].toUpperCase(Locale.ROOT))
          .arm(Act.valueOf(actAndCount[0].toUpperCase(Locale.ROOT)), nth - 1);
    }
  }
}
