package dev.pawl.sdk.endtoend;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.worker.WorkerApi;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A worker API whose line is bad: calls get lost on the way there, answers get lost on the way back. */
final class FaultyWork {
  final AtomicInteger lost = new AtomicInteger();
  volatile double badness;
  final ConcurrentHashMap<String, Boolean> cut = new ConcurrentHashMap<>();
  private final Random chance;
  final WorkerApi api;

  FaultyWork(WorkerApi real, long seed) {
    chance = new Random(seed);
    api = (WorkerApi) Proxy.newProxyInstance(WorkerApi.class.getClassLoader(), new Class<?>[] {WorkerApi.class},
        (proxy, method, arguments) -> {
          boolean risky = !method.getName().equals("transactions");
          if (risky && (cut.containsKey(method.getName()) || luck() < badness / 2)) {
            lost.incrementAndGet();
            throw luck() < 0.5 ? new RuntimeException("connection reset")
                : new RejectedException(Rejection.because(Rejection.Code.STORE_UNAVAILABLE, "try later"));
          }
          Object answer;
          try {
            answer = method.invoke(real, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
          if (risky && luck() < badness / 2) {
            lost.incrementAndGet();
            throw new RuntimeException("connection reset behind " + method.getName());
          }
          return answer;
        });
  }

  private synchronized double luck() {
    return chance.nextDouble();
  }
}
