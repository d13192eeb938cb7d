package dev.pawl.chaos.round;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** What a {@link Nemesis} can do. */
public enum Harm {
  /** SIGKILL for a node; another one takes its place. */
  KILL(false, 3),
  /** SIGSTOP for a node until others have taken over its work, then SIGCONT. */
  FREEZE(false, 2),
  /** A node that ends at one of the engine's crash points. */
  CRASH_POINT(false, 2),
  /** The clock of a node jumps by up to a day. */
  CLOCK(true, 2),
  /** Connections are reset instead of a COMMIT. */
  CUT_BEFORE_COMMIT(true, 2),
  /** Connections are reset instead of the answer to a COMMIT. */
  CUT_AFTER_COMMIT(true, 3),
  /** Connections are reset at a COMMIT, which reaches the database later. */
  LATE_COMMIT(true, 1),
  /** Bytes stop for a while, in one direction or both. */
  STALL(true, 1),
  /** Bytes vanish. */
  DROP(true, 1),
  /** New connections are refused. */
  REFUSE(true, 1),
  /** Everything takes longer. */
  DELAY(true, 1),
  /** All connections are reset. */
  RESET(true, 1),
  /** SIGKILL for the database, which starts again. */
  KILL_DATABASE(true, 1),
  /** The database is shut down in good order and starts again. */
  RESTART_DATABASE(true, 1),
  /** The world does what it is asked and does not say so. */
  EFFECT_WITHOUT_REPLY(false, 1),
  /** The world refuses for a while. */
  EFFECT_REFUSED(false, 1);

  private final boolean network;
  private final int weight;

  Harm(boolean network, int weight) {
    this.network = network;
    this.weight = weight;
  }

  /** As it is counted, such as {@code cut-after-commit}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * So many harms in random order; none comes twice before each has come once, except by its weight.
   *
   * @param network whether there is a server, with a proxy before it
   */
  static List<Harm> draw(SplittableRandom random, boolean network, int count) {
    var harms = new ArrayList<Harm>();
    while (harms.size() < count) {
      var bag = new ArrayList<Harm>();
      Arrays.stream(values()).filter(harm -> network || !harm.network)
          .forEach(harm -> {
            for (int i = 0; i < harm.weight; i++) bag.add(harm);
          });
      while (!bag.isEmpty() && harms.size() < count) harms.add(bag.remove(random.nextInt(bag.size())));
    }
    return harms;
  }
}
