package dev.pawl.sdk.replay;

import dev.pawl.sdk.Activities;
import dev.pawl.sdk.ActivitySettings;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Promise;
import dev.pawl.sdk.Retry;
import dev.pawl.sdk.Scope;
import dev.pawl.sdk.failure.ApplicationException;
import dev.pawl.sdk.failure.CancelledException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

/** A program made from a seed. What it does depends on the seed and on what it is shown; it writes down all it sees. */
final class RandomProgram {
  private final Random shape;
  private final List<String> trace = new ArrayList<>();
  private final List<Integer> signals = new ArrayList<>();
  private final List<Promise<?>> open = new ArrayList<>();

  RandomProgram(int seed) {
    this.shape = new Random(seed);
  }

  List<String> run() {
    if (shape.nextBoolean()) {
      Pawl.onSignal("n", Integer.class, n -> {
        signals.add(n);
        note("signal " + n);
        if (n % 4 == 0) note("in handler " + Pawl.step("handle", () -> n));
        if (n % 4 == 1) Pawl.sleep(Duration.ofSeconds(1));
      });
    }
    Pawl.onUpdate("u", Integer.class, n -> {
      if (n % 3 == 0) throw new IllegalArgumentException("no");
    }, n -> {
      note("update " + n);
      if (n % 3 == 1) Pawl.sleep(Duration.ofSeconds(2));
      return n + 1;
    });
    try {
      block(6 + shape.nextInt(8), 0);
    } catch (CancelledException e) {
      note("cancelled");
      Pawl.detached(() -> note("clean " + Pawl.step("clean", () -> 1)));
    }
    note("end " + Pawl.info().historyLength());
    return trace;
  }

  private void note(String what) {
    trace.add(what + " @" + Pawl.now());
  }

  private void block(int length, int depth) {
    for (int i = 0; i < length; i++) one(depth);
  }

  private void one(int depth) {
    int salt = shape.nextInt(1000);
    switch (shape.nextInt(depth > 1 ? 13 : 16)) {
      case 0, 1 -> note("step " + Pawl.step("s" + salt, () -> salt));
      case 2 -> open.add(Pawl.stepAsync("async" + salt, () -> {
        if (ThreadLocalRandom.current().nextInt(4) == 0) Thread.yield();
        return salt;
      }));
      case 3 -> open.add(Pawl.timer(Duration.ofSeconds(1 + salt % 5)));
      case 4 -> open.add(Activities.callAsync("act", opts -> opts.onCancel(
          salt % 2 == 0 ? ActivitySettings.OnCancel.ASK : ActivitySettings.OnCancel.WAIT), Integer.class, salt));
      case 5 -> Pawl.sleep(Duration.ofSeconds(1 + salt % 3));
      case 6 -> note("await " + Pawl.await(() -> signals.size() > salt % 3, Duration.ofSeconds(1 + salt % 4)));
      case 7 -> note("side " + Pawl.sideEffect(() -> salt));
      case 8 -> note("chance " + Pawl.random().nextInt(100) + " " + Pawl.uuid());
      case 9 -> note("version " + Pawl.version("v" + salt % 4, 1, 2));
      case 10 -> {
        if (!open.isEmpty()) settle(open.remove(salt % open.size()));
      }
      case 11 -> Pawl.upsertMemo("m", salt);
      case 12 -> failing(salt);
      case 13 -> {
        int inner = shape.nextInt(3) + 1;
        open.add(Pawl.async(() -> block(inner, depth + 1)));
      }
      case 14 -> {
        Scope scope = Scope.open();
        int inner = shape.nextInt(3) + 1;
        Promise<Boolean> part = scope.async(() -> {
          block(inner, depth + 1);
          return true;
        });
        Pawl.await(() -> signals.size() > 1, Duration.ofSeconds(1 + salt % 3));
        scope.cancel("random");
        settle(part);
      }
      default -> {
        List<Promise<Integer>> parts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          int n = i;
          parts.add(i % 2 == 0 ? Pawl.stepAsync("p" + salt + i, () -> n)
              : Activities.callAsync("act", opts -> {}, Integer.class, n));
        }
        settle(salt % 3 == 0 ? Promise.race(parts) : salt % 3 == 1 ? Promise.any(parts) : Promise.all(parts));
      }
    }
  }

  private void failing(int salt) {
    try {
      Pawl.step("failing" + salt, opts -> opts.retry(Retry.every(Duration.ofMillis(1)).attempts(1 + salt % 2)), () -> {
        throw ApplicationException.of("Bad", "luck " + salt);
      });
    } catch (CancelledException e) {
      throw e;
    } catch (RuntimeException e) {
      note("failed " + e.getMessage());
    }
  }

  private void settle(Promise<?> promise) {
    try {
      note("got " + promise.get());
    } catch (CancelledException e) {
      note("cancelled part");
      Scope.current(); // throws no more than it should
    } catch (RuntimeException e) {
      note("failed part " + e.getMessage());
    }
  }
}
