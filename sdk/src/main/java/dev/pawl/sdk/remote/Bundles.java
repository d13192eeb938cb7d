package dev.pawl.sdk.remote;

import dev.pawl.core.task.SessionId;
import dev.pawl.protocol.json.Exchange;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Calls to one server that go together. As long as the server has not shown that it got the last requests, further calls
 * wait for each other and leave in one: nothing waits when there is little to say, and the more there is to say, the fewer
 * exchanges each call costs. Completions, polls, reports and waits for results go together in any mixture. Each is answered
 * as soon as the server knows its answer, and is fenced and repeated like one that went alone.
 */
final class Bundles {
  /** Requests that the server has not shown to have got. */
  private static final int UNHEARD = 2;
  private static final int MOST_CALLS = 200;
  private static final int MOST_TEXT = 1 << 20;
  /** What is larger goes alone: it would keep the others waiting. */
  private static final int LARGE = 1 << 16;

  private final Consumer<Bundle> leave;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Part> waiting = new ArrayDeque<>();
  private final Set<Bundle> out = new HashSet<>();
  private int unheard;

  /** @param leave sends one off and returns at once */
  Bundles(Consumer<Bundle> leave) {
    this.leave = leave;
  }

  /** Whether a call may go with others: it is repeated when they break off together. */
  static boolean takes(Exchange.Ask ask) {
    return ask.again() && !ask.urgent() && ask.body().length() <= LARGE && ask.body().indexOf('\n') < 0;
  }

  Said send(Exchange.Ask ask, Duration silence) {
    Part part = new Part(ask);
    lock.lock();
    try {
      waiting.add(part);
    } finally {
      lock.unlock();
    }
    next();
    try {
      return await(part, silence);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Said.Nothing(e, !takenBack(part));
    } catch (TimeoutException e) {
      boolean left = !takenBack(part);
      Bundle with = part.bundle;
      if (with != null) with.breakOff();
      return new Said.Nothing(new HttpTimeoutException("no word for " + silence), left);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e); // its answer is a value, whatever happens
    }
  }

  private static Said await(Part part, Duration silence)
      throws InterruptedException, ExecutionException, TimeoutException {
    while (true) {
      long rest = silence.toNanos() - part.silentFor();
      if (rest <= 0) throw new TimeoutException();
      try {
        return part.said.get(rest, TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        // There may have been a word meanwhile.
      }
    }
  }

  /** Whether a call had not left, and does not any more. */
  private boolean takenBack(Part part) {
    lock.lock();
    try {
      return waiting.remove(part);
    } finally {
      lock.unlock();
    }
  }

  private void next() {
    while (true) {
      Bundle together;
      lock.lock();
      try {
        if (unheard >= UNHEARD || waiting.isEmpty()) return;
        List<Part> parts = new ArrayList<>();
        int text = 0;
        while (!waiting.isEmpty() && parts.size() < MOST_CALLS && text < MOST_TEXT) {
          Part part = waiting.remove();
          text += part.ask.body().length();
          parts.add(part);
        }
        together = new Bundle(parts, this::heard, this::over);
        for (Part part : parts) part.bundle = together;
        out.add(together);
        unheard++;
      } finally {
        lock.unlock();
      }
      leave.accept(together);
    }
  }

  private void heard() {
    lock.lock();
    try {
      unheard--;
    } finally {
      lock.unlock();
    }
    next();
  }

  private void over(Bundle bundle) {
    lock.lock();
    try {
      out.remove(bundle);
    } finally {
      lock.unlock();
    }
  }

  /** Ends the polls of a session. Whoever went with them asks again. */
  void abort(SessionId session) {
    List<Bundle> broken = new ArrayList<>();
    lock.lock();
    try {
      waiting.removeIf(part -> part.abort(session));
      for (Bundle bundle : out) if (bundle.abort(session)) broken.add(bundle);
    } finally {
      lock.unlock();
    }
    broken.forEach(Bundle::breakOff);
  }
}
