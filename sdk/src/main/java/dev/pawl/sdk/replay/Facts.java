package dev.pawl.sdk.replay;

import dev.pawl.core.run.RunEvent;
import org.jspecify.annotations.Nullable;

/** What kind of call an event of the worker answers to, and under which name. */
final class Facts {
  private Facts() {}

  /** @param kind null: the event begins nothing, it belongs to something that began before */
  record Begun(Ask.@Nullable Kind kind, String name) {}

  static Begun begun(RunEvent.OfStep fact) {
    return switch (fact) {
      case RunEvent.StepStarted e -> new Begun(Ask.Kind.STEP, e.name());
      case RunEvent.StepCompleted e -> new Begun(Ask.Kind.STEP, e.name());
      case RunEvent.StepFailed e -> new Begun(Ask.Kind.STEP, e.name());
      case RunEvent.StepRetryScheduled e -> new Begun(Ask.Kind.STEP, e.name());
      case RunEvent.ActivityScheduled e -> new Begun(Ask.Kind.ACTIVITY, e.activityType());
      case RunEvent.TimerScheduled e -> new Begun(Ask.Kind.TIMER, "");
      case RunEvent.ChildWorkflowScheduled e -> new Begun(Ask.Kind.CHILD, e.workflowType());
      case RunEvent.SignalExternalScheduled e -> new Begun(Ask.Kind.SIGNAL, e.workflowId() + "/" + e.name());
      case RunEvent.CancelExternalScheduled e -> new Begun(Ask.Kind.CANCEL, e.workflowId());
      case RunEvent.SideEffectRecorded e -> new Begun(Ask.Kind.SIDE_EFFECT, "");
      case RunEvent.VersionMarkerRecorded e -> new Begun(Ask.Kind.VERSION, e.changeId());
      case RunEvent.SearchAttributesUpserted e -> new Begun(Ask.Kind.ATTRIBUTES, "");
      case RunEvent.MemoUpserted e -> new Begun(Ask.Kind.MEMO, "");
      default -> new Begun(null, "");
    };
  }

  /** For people: {@code a timer of PT5M}, {@code activity 'charge'}. */
  static String describe(RunEvent fact) {
    return switch (fact) {
      case RunEvent.TimerScheduled e -> "a timer of " + e.delay();
      case RunEvent.TimerCancelled e -> "the end of timer " + e.step();
      case RunEvent.ActivityCancelRequested e -> "a request to cancel activity " + e.step();
      case RunEvent.UpdateAccepted e -> "update '" + e.name() + "'";
      case RunEvent.UpdateCompleted e -> "the end of update " + e.updateId();
      case RunEvent.WorkflowCompleted e -> "the end of the run";
      case RunEvent.WorkflowFailed e -> "the failure of the run";
      case RunEvent.WorkflowCancelled e -> "the cancellation of the run";
      case RunEvent.WorkflowContinuedAsNew e -> "a continue-as-new";
      case RunEvent.OfStep e -> {
        Begun begun = begun(e);
        yield begun.kind() == null
            ? e.type()
            : begun.name().isEmpty() ? "a " + begun.kind().words : begun.kind().words + " '" + begun.name() + "'";
      }
      default -> fact.type();
    };
  }
}
