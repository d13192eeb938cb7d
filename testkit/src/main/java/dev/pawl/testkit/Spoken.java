package dev.pawl.testkit;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.json.CallGuard;
import dev.pawl.protocol.json.ControlCalls;
import dev.pawl.protocol.json.Exchange;
import dev.pawl.protocol.json.ScheduleCalls;
import dev.pawl.protocol.json.WorkCalls;

/**
 * Says everything in words: calls and answers are written and read again as between a {@code RemotePawl} and a server. What
 * a program does over HTTP it does here, under the test's clock; what cannot be said over a network fails here as well.
 */
final class Spoken implements Exchange {
  private static final CallGuard EVERYBODY = new CallGuard() {
    @Override
    public void namespace(String namespace) {}

    @Override
    public void run(RunId id) {}
  };

  private final PawlEngine engine;

  Spoken(PawlEngine engine) {
    this.engine = engine;
  }

  @Override
  public String ask(Ask ask) {
    String operation = ask.operation();
    if (operation.startsWith("work/")) {
      return WorkCalls.answer(operation, ask.body(), engine.worker(), EVERYBODY).text();
    }
    return ScheduleCalls.OPERATIONS.containsKey(operation)
        ? ScheduleCalls.answer(operation, ask.body(), engine.schedules(), EVERYBODY)
        : ControlCalls.answer(operation, ask.body(), engine.control(), EVERYBODY);
  }

  /** Polls end with their threads. */
  @Override
  public void abort(SessionId session) {}
}
