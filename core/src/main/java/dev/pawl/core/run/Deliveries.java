package dev.pawl.core.run;

import java.util.ArrayList;
import java.util.List;

/**
 * Turns mails into requests. Each takes its mail in the commit of its effect, so a mail counts once, however many nodes
 * deliver it at once; a decision to do nothing takes it as well.
 */
public final class Deliveries {
  private Deliveries() {}

  /** The request that delivers a mail. */
  public static Request<Delivered> of(Mail mail) {
    return switch (mail.message()) {
      case Mail.TimerDue m -> new FireTimer(mail.key(), mail.due(), m.step());
      case Mail.DeadlineDue m -> new PassDeadline(mail.key(), m.kind());
      case Mail.StartChild m -> new StartChild(mail.key(), m);
      case Mail.ChildStarted m -> new ChildStartedNotice(mail.key(), m);
      case Mail.ChildEnded m -> new ChildEndedNotice(mail.key(), m);
      case Mail.StartOther m -> new DeliverStart(mail.key(), m.start());
      case Mail.SignalOther m -> new DeliverSignal(mail.key(), m);
      case Mail.CancelOther m -> new DeliverCancel(mail.key(), m);
      case Mail.TerminateOther m -> new DeliverTerminate(mail.key(), m);
      case Mail.ExternalAnswered m -> new TakeAnswer(mail.key(), m);
      case Mail.ToSchedule m -> throw new IllegalArgumentException("no run gets " + m);
    };
  }

  /** It came too late, or for nobody: only the mail goes. */
  static Decision<Delivered> nothing(Situation situation, Mail.Key key) {
    return nothing(situation, key, List.of());
  }

  static Decision<Delivered> nothing(Situation situation, Mail.Key key, List<Effect> more) {
    var effects = new ArrayList<Effect>();
    effects.add(new Effect.Take(key));
    effects.addAll(more);
    Run run = situation.run();
    return new Decision.Change<>(run, null, List.of(), Effects.merged(effects),
        new Delivered(run == null ? null : run.id(), false));
  }

  /** Nobody is left to tell: the ledger of the one who sent it says so. */
  static Effect undeliverable(Situation situation, Mail.Key key, String namespace, String cause, String reason) {
    return new Effect.Note(
        namespace, key.owner(), 0, 0, "MAIL_UNDELIVERABLE", cause, "pawl", Check.legible(reason), situation.now());
  }
}
