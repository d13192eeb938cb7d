package dev.pawl.engine.commit;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunEvent;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.engine.store.Store;
import java.util.List;

/** The failpoints of commits that concern two runs: one that goes on as another, a child, a parent that ends. */
final class KinPoints {
  private KinPoints() {}

  /** Called on both sides of a commit. */
  static void reach(List<Store.Write> writes) {
    if (!Failpoint.anyArmed()) return;
    for (Store.Write write : writes) {
      if (write.effects().stream().anyMatch(KinPoints::goesOn)) Failpoint.CONTINUE_AS_NEW.reach();
      if (write.events().stream().anyMatch(event -> bearsChild(event.fact()))) Failpoint.CHILD_START.reach();
      Run run = write.run();
      if (run != null && run.state().status().closed() && write.effects().stream().anyMatch(KinPoints::leavesChild)) {
        Failpoint.PARENT_CLOSE.reach();
      }
    }
  }

  private static boolean goesOn(Effect effect) {
    return effect instanceof Effect.BearRun born && born.run().state().started().continuedFrom() != null;
  }

  private static boolean bearsChild(RunEvent fact) {
    return fact instanceof RunEvent.WorkflowStarted started && started.parent() != null;
  }

  private static boolean leavesChild(Effect effect) {
    return switch (effect) {
      case Effect.Post post -> isToChild(post.mail().key());
      case Effect.Unpost unpost -> isToChild(unpost.key());
      default -> false;
    };
  }

  private static boolean isToChild(Mail.Key key) {
    return key.item().startsWith("child/");
  }
}
