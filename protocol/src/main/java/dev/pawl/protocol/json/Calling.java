package dev.pawl.protocol.json;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;

/** Calls as text, both ways: one object each. */
final class Calling {
  private final Exchange exchange;

  Calling(Exchange exchange) {
    this.exchange = exchange;
  }

  /** A call that may be said twice. */
  Members ask(String operation, Consumer<JsonText> body) {
    return ask(operation, body, Duration.ZERO);
  }

  /** The same, whose answer may take its time. */
  Members ask(String operation, Consumer<JsonText> body, Duration wait) {
    return read(operation, exchange.ask(
        new Exchange.Ask(operation, text(body), wait, false, true, Set.of(), null)));
  }

  /** A call that gets nothing back, and whose repetition is refused because the first one got through. */
  void tell(String operation, Consumer<JsonText> body, Rejection.Code... done) {
    exchange.ask(new Exchange.Ask(operation, text(body), Duration.ZERO, false, true, Set.of(done), null));
  }

  /** A call that must not be said twice. */
  Members once(String operation, Consumer<JsonText> body) {
    return read(operation, exchange.ask(
        new Exchange.Ask(operation, text(body), Duration.ZERO, false, false, Set.of(), null)));
  }

  /** A call that is worth nothing if it takes long. */
  Members urgent(String operation, Consumer<JsonText> body) {
    return read(operation, exchange.ask(
        new Exchange.Ask(operation, text(body), Duration.ZERO, true, true, Set.of(), null)));
  }

  /** A wait for work. */
  Members poll(String operation, Consumer<JsonText> body, Duration wait, SessionId session) {
    return read(operation, exchange.ask(
        new Exchange.Ask(operation, text(body), wait, false, true, Set.of(), session)));
  }

  static String text(Consumer<JsonText> members) {
    JsonText out = JsonText.take().open();
    members.accept(out);
    return out.close().done();
  }

  private static Members read(String operation, String answer) {
    try {
      return Reading.whole("the answer to " + operation, answer.isEmpty() ? "{}" : answer, Members::read);
    } catch (CorruptHistory e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** What somebody else sent: a mistake in it is theirs. */
  static Members body(String text) {
    try {
      return Reading.whole("the body", text.isBlank() ? "{}" : text, Members::read);
    } catch (CorruptHistory e) {
      throw new RejectedException(Rejection.invalid("body", String.valueOf(e.getMessage())), e);
    }
  }

  // ---- refusals

  /** A refusal as an answer. */
  static void refusal(JsonText out, Rejection why) {
    out.text("code", why.code().wire());
    out.text("message", why.message());
    out.text("field", why.field());
  }

  static Rejection refusal(Members m) {
    String code = m.text("code").toUpperCase(java.util.Locale.ROOT);
    return new Rejection(Reading.oneOf(Rejection.Code.class, code), m.text("message"), m.textOrNull("field"));
  }
}
