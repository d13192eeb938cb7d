package dev.pawl.engine.control;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.StartRun;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.control.ControlApi;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Turns a caller's start into the request that a lane decides. */
public final class Starts {
  private final Store store;
  private final Lookup lookup;
  private final Promotion promotion;

  public Starts(Store store, Lookup lookup, Promotion promotion) {
    this.store = store;
    this.lookup = lookup;
    this.promotion = promotion;
  }

  /** What a mail says; a start in it is for the build that is promoted when it is delivered. */
  public static Mail pinned(Mail mail, Store store, Promotion promotion) {
    return mail.message() instanceof Mail.StartOther(StartRun start)
        ? new Mail(mail.key(), mail.due(), new Mail.StartOther(pinned(start, store, promotion))) : mail;
  }

  private static StartRun pinned(StartRun start, Store store, Promotion promotion) {
    if (start.options().isForAnyBuild()) return start.pinnedTo(null);
    return start.options().buildId() != null ? start
        : start.pinnedTo(promotion.buildFor(store.declarations(), start.namespace(), start.queue()));
  }

  public StartRun request(ControlApi.Start start) {
    lookup.namespace(start.namespace());
    RunId run = RunId.next(start.namespace(), start.workflowId(), store.now(), ThreadLocalRandom.current());
    ControlApi.Message update = start.update();
    ControlApi.Message signal = start.signal();
    // Who names a signal and not the start means that the signal counts once, however often both are sent.
    String requestId = start.requestId() != null || signal == null ? start.requestId() : signal.id();
    return pinned(new StartRun(start.namespace(), start.workflowId(), run, start.workflowType(), start.queue(),
        start.input(), start.options(), start.reuse(), start.conflict(), requestId,
        requestId == null ? "" : digest(start),
        signal == null ? null : EngineControl.signal(signal),
        update == null ? null : new Effect.Update(run,
            update.id() != null ? update.id() : UUID.randomUUID().toString(), update.name(), update.input(),
            update.header(), Effect.UpdatePhase.ADMITTED, null),
        update == null || update.id() == null ? null : Digest.ofUpdate(update)), store, promotion);
  }

  /** Of everything that the caller chose; ids that the engine makes up differ each time and do not count. */
  private static String digest(ControlApi.Start start) {
    var o = start.options();
    Digest digest = Digest.of("start").add(start.workflowType()).add(start.queue()).add(start.input())
        .add(start.reuse()).add(start.conflict())
        .add(o.executionTimeout()).add(o.runTimeout()).add(o.taskTimeout()).add(o.retry()).add(o.delay())
        .add(o.priority()).add(o.buildId()).add(o.memo()).add(new TreeMap<>(o.searchAttributes()));
    // As before where there is none: a start may be sent again to a newer node.
    if (o.fairness() != null) digest.add(o.fairness());
    message(digest, start.signal());
    message(digest, start.update());
    return digest.hex();
  }

  private static void message(Digest digest, ControlApi.@Nullable Message message) {
    if (message == null) digest.add(Map.of());
    else digest.add(message.id()).add(message.name()).add(message.input());
  }
}
