package dev.pawl.sdk.remote;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.json.Exchange;
import dev.pawl.protocol.json.LostAnswerException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Calls over HTTP, repeated until there is an answer. */
final class HttpExchange implements Exchange, AutoCloseable {
  /** A server says a newline every 10 s while it works on an answer. */
  private static final Duration SILENCE = Duration.ofSeconds(25);
  /** What is urgent has to be asked of the next server while it still matters. */
  private static final Duration URGENT_SILENCE = Duration.ofSeconds(2);
  private static final Duration URGENT_PATIENCE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final Servers servers;
  private final Wire wire;
  private final Duration patience;

  HttpExchange(List<URI> addresses, RemoteSettings settings) {
    servers = new Servers(addresses);
    wire = new Wire(settings);
    patience = settings.patience;
  }

  @Override
  public String ask(Ask ask) {
    return new Attempts(ask).run();
  }

  @Override
  public void abort(SessionId session) {
    wire.abort(session);
  }

  @Override
  public void close() {
    wire.close();
  }

  /** One call, as often as it takes. */
  private final class Attempts {
    private final Ask ask;
    private final Duration silence;
    private final Duration patient;
    private final long began = System.nanoTime();
    private int number = servers.first();
    private int inVain;
    /** Whether a server may have got the call. */
    private boolean sent;

    Attempts(Ask ask) {
      this.ask = ask;
      this.silence = ask.urgent() ? URGENT_SILENCE : SILENCE;
      this.patient = ask.urgent() ? URGENT_PATIENCE : patience;
    }

    String run() {
      long failing = 0;
      while (true) {
        Said said = wire.send(servers.at(number), ask, silence);
        switch (said) {
          case Said.Answer answer -> {
            return answer.text();
          }
          case Said.Refused refused -> {
            if (sent && ask.done().contains(refused.why().code())) return "";
            if (!passing(refused.why().code())) throw new RejectedException(refused.why());
          }
          case Said.Aborted aborted -> {
            return "";
          }
          case Said.Nothing nothing -> {
            sent |= nothing.sent();
            if (sent && !ask.again()) throw lost(nothing);
          }
        }
        if (failing == 0) failing = System.nanoTime();
        // Waiting for work or for an end is no failure: patience counts from the first one.
        if (System.nanoTime() - failing > patient.toNanos() || Thread.currentThread().isInterrupted()) throw lost(said);
        next(said);
      }
    }

    /** Nothing was changed, and it may be different soon, or elsewhere. */
    private static boolean passing(Rejection.Code code) {
      return code == Rejection.Code.OVERLOADED || code == Rejection.Code.STORE_UNAVAILABLE
          || code == Rejection.Code.SHUTTING_DOWN;
    }

    private void next(Said said) {
      boolean busy = said instanceof Said.Refused refused && refused.why().code() == Rejection.Code.OVERLOADED;
      if (!busy) {
        servers.leave(number);
        number++;
      }
      inVain++;
      if (inVain % servers.count() != 0 && !busy) return;
      int rounds = Math.min(inVain / servers.count(), 6);
      long pause = Math.min(LONGEST_PAUSE.toNanos(), Duration.ofMillis(25L << rounds).toNanos());
      if (said instanceof Said.Refused refused) pause = Math.max(pause, refused.retryAfter().toNanos());
      LockSupport.parkNanos(pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1));
    }

    private RuntimeException lost(Said said) {
      if (said instanceof Said.Refused refused && !sent) return new RejectedException(refused.why());
      Throwable cause = said instanceof Said.Nothing nothing ? nothing.problem() : null;
      String why = "%s: no answer from %s within %s".formatted(ask.operation(), servers,
          Duration.ofNanos(System.nanoTime() - began));
      if (!sent) {
        Rejection refused = Rejection.because(Rejection.Code.STORE_UNAVAILABLE, why + "; nothing was sent");
        return cause == null ? new RejectedException(refused) : new RejectedException(refused, cause);
      }
      return new LostAnswerException(why + "; it may have got through", cause(cause, said));
    }

    private static Throwable cause(@Nullable Throwable cause, Said said) {
      return cause != null ? cause : new RejectedException(((Said.Refused) said).why());
    }
  }
}
