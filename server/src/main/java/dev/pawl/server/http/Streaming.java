package dev.pawl.server.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The answers to the calls of a bundle on their way out: each call on a virtual thread of its own, what is ready at the same
 * time in one write.
 */
final class Streaming {
  private static final long SOON_MILLIS = Long.getLong("pawl.soon", 2);

  private final Gate gate;
  private final Context loop;
  private final HttpServerResponse response;
  private final Consumer<Reply> takeBack;
  private final Runnable over;
  private final Set<Thread> polls = ConcurrentHashMap.newKeySet();
  private List<Ready> ready = new ArrayList<>();
  private int open;
  private boolean gone;

  private record Ready(String line, Reply reply) {}

  /** @param takeBack for what nobody takes @param over told at the end */
  Streaming(Gate gate, Context loop, HttpServerResponse response, Consumer<Reply> takeBack, Runnable over) {
    this.gate = gate;
    this.loop = loop;
    this.response = response;
    this.takeBack = takeBack;
    this.over = over;
  }

  /**
   * @param answer its headers go out with the first line, or soon without one, so that the caller hears that its calls have
   *     arrived: further ones wait for that
   */
  void start(Gate.Answer answer) {
    List<Incoming> calls = answer.reply().parts();
    open = calls.size();
    loop.runOnContext(ignored -> {
      if (response.closed()) {
        gone();
        return;
      }
      response.closeHandler(closed -> gone());
      response.exceptionHandler(problem -> gone());
      response.setStatusCode(answer.reply().status()).setChunked(true);
      answer.headers().forEach(response::putHeader);
      loop.owner().setTimer(SOON_MILLIS, timer -> {
        if (!response.headWritten() && !response.closed() && !response.ended()) response.write("\n");
      });
    });
    for (int i = 0; i < calls.size(); i++) start(i, calls.get(i));
  }

  private void start(int number, Incoming call) {
    boolean poll = gate.isPoll(call);
    Thread thread = Thread.ofVirtual().name("http-" + call.path()).unstarted(() -> {
      Gate.Answer answer = gate.answer(call);
      if (poll) polls.remove(Thread.currentThread());
      add(new Ready(Bundle.line(number, answer), answer.reply()));
    });
    if (poll) polls.add(thread);
    thread.start();
    // Whoever left meanwhile did not see this one.
    if (poll && isGone()) thread.interrupt();
  }

  private synchronized boolean isGone() {
    return gone;
  }

  private void gone() {
    synchronized (this) {
      if (gone) return;
      gone = true;
    }
    polls.forEach(Thread::interrupt);
    over.run();
  }

  private void add(Ready one) {
    boolean first;
    synchronized (this) {
      first = ready.isEmpty();
      ready.add(one);
      open--;
    }
    if (first) loop.runOnContext(ignored -> flush());
  }

  private void flush() {
    List<Ready> now;
    boolean last;
    synchronized (this) {
      now = ready;
      ready = new ArrayList<>();
      last = open == 0;
    }
    if (response.closed() || response.ended()) {
      now.forEach(one -> takeBack.accept(one.reply()));
      return;
    }
    Buffer lines = Buffer.buffer();
    now.forEach(one -> lines.appendString(one.line()));
    (last ? end(lines) : response.write(lines))
        .onFailure(problem -> now.forEach(one -> takeBack.accept(one.reply())));
  }

  private Future<Void> end(Buffer lines) {
    over.run();
    return response.end(lines);
  }
}
