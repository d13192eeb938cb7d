package dev.pawl.core.run;

import dev.pawl.core.value.RunId;
import java.time.Duration;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.activity;
import static dev.pawl.core.run.Requests.block;
import static dev.pawl.core.run.Requests.child;
import static dev.pawl.core.run.Requests.complete;
import static dev.pawl.core.run.Requests.delayed;
import static dev.pawl.core.run.Requests.pause;
import static dev.pawl.core.run.Requests.signal;
import static dev.pawl.core.run.Requests.start;
import static dev.pawl.core.run.Requests.tell;
import static dev.pawl.core.run.Requests.timer;
import static dev.pawl.core.run.Requests.update;
import static dev.pawl.core.run.World.ANN;
import static dev.pawl.core.run.World.BOB;

/** Every state in which a request can find a run, each reached by real requests. */
enum State {
  /** The workflow id was never used. */
  ABSENT,
  /** Started with a delay of an hour that has not passed. */
  DELAYED,
  /** Started, no worker looked at it yet. */
  READY,
  /** A worker has it, the first time. */
  FIRST_LEASE,
  /**
   * Waits for a leased activity (step 1), a timer of an hour (2), a started child (3), the answer of another workflow
   * (4), and holds an accepted update u-1.
   */
  WAITING,
  /** The same, and a worker has it, because a signal came. */
  LEASED,
  /** The same as WAITING, and paused. */
  PAUSED,
  /** The same as WAITING, and blocked. */
  BLOCKED,
  /** The same as WAITING, then completed. */
  CLOSED;

  boolean isOpen() {
    return this != ABSENT && this != CLOSED;
  }

  World world() {
    World world = new World();
    if (this == ABSENT) return world;
    StartOptions options = this == DELAYED ? delayed(Duration.ofHours(1)) : StartOptions.PLAIN;
    RunId run = world.did(start(world, ORDER, options)).run();
    switch (this) {
      case ABSENT, DELAYED, READY -> {}
      case FIRST_LEASE -> world.grant(run, ANN);
      case WAITING -> busy(world, run);
      case LEASED -> {
        busy(world, run);
        world.pass(Duration.ofSeconds(1)).did(signal(ORDER, "s-1"));
        world.grant(run, ANN);
      }
      case PAUSED -> {
        busy(world, run);
        world.did(pause(ORDER));
      }
      case BLOCKED -> {
        busy(world, run);
        world.did(block(ORDER));
      }
      case CLOSED -> {
        busy(world, run);
        world.did(signal(ORDER, "s-1"));
        world.turn(run, complete());
      }
    }
    return world;
  }

  private static void busy(World world, RunId run) {
    world.turn(run, activity(1), timer(2, Duration.ofHours(1)), child(3, "ship-42", ParentClosePolicy.TERMINATE),
        tell(4, "stock"));
    world.did(Deliveries.of(world.mails.get(Mail.Key.toChild(run, 3, "start"))));
    RunId child = world.current("ship-42").id();
    world.did(Deliveries.of(world.mails.get(Mail.Key.toParent(child, "started"))));
    world.did(update(ORDER, "u-1"));
    world.turn(run, new Command.AcceptUpdate("u-1"));
    world.lease(run, 1, BOB);
  }
}
