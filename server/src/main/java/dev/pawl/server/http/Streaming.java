package dev.pawl.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The answers to the calls of a bundle on their way out: each call on a virtual thread of its own, what is ready at the same
 * time in one write.
 */
final class Streaming {
  private final Gate gate;
  private final Outlet out;
  private final Consumer<Reply> takeBack;
  private final Set<Thread> polls = ConcurrentHashMap.newKeySet();
  private List<Ready> ready = new ArrayList<>();
  private int open;
  private boolean gone;

  private record Ready(String line, Reply reply) {}

  /** Where the answer goes. Everything but {@link #run} is for its own thread. */
  interface Outlet {
    /** Does something on its own thread, behind whatever was asked for before. */
    void run(Runnable task);

    /**
     * Begins the answer; what stands at its head leaves with the first text, or soon without one.
     *
     * @param gone told when nobody listens any more
     */
    void begin(int status, Map<String, String> headers, Runnable gone);

    /** Whether nobody listens any more. */
    boolean isClosed();

    /** @param last whether the answer ends with it @param failed told if it did not get through */
    void write(String text, boolean last, Runnable failed);
  }

  /** @param takeBack for what nobody takes */
  Streaming(Gate gate, Outlet out, Consumer<Reply> takeBack) {
    this.gate = gate;
    this.out = out;
    this.takeBack = takeBack;
  }

  void start(Gate.Answer answer) {
    List<Incoming> calls = answer.reply().parts();
    open = calls.size();
    out.run(() -> {
      if (out.isClosed()) gone();
      else out.begin(answer.reply().status(), answer.headers(), this::gone);
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
  }

  private void add(Ready one) {
    boolean first;
    synchronized (this) {
      first = ready.isEmpty();
      ready.add(one);
      open--;
    }
    if (first) out.run(this::flush);
  }

  private void flush() {
    List<Ready> now;
    boolean last;
    synchronized (this) {
      now = ready;
      ready = new ArrayList<>();
      last = open == 0;
    }
    Runnable lost = () -> now.forEach(one -> takeBack.accept(one.reply()));
    if (out.isClosed()) {
      lost.run();
      return;
    }
    StringBuilder lines = new StringBuilder();
    now.forEach(one -> lines.append(one.line()));
    out.write(lines.toString(), last, lost);
  }
}
