package dev.pawl.engine.commit;

import dev.pawl.engine.store.Store;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A real store whose commits a test may hold up, see, and answer in its place. */
final class TrickyStore {
  private final Store real;
  final List<List<Store.Write>> groups = new CopyOnWriteArrayList<>();
  /** Answers instead of the store; null: the store answers. */
  volatile Function<List<Store.Write>, List<Store.Outcome>> instead;
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile CountDownLatch arrived = new CountDownLatch(0);

  TrickyStore(Store real) {
    this.real = real;
  }

  /** The next commit waits until {@link #open()}. */
  void shut() {
    gate = new CountDownLatch(1);
    arrived = new CountDownLatch(1);
  }

  void open() {
    gate.countDown();
  }

  /** Waits until a commit stands at the gate. */
  void awaitArrival() throws InterruptedException {
    if (!arrived.await(60, TimeUnit.SECONDS)) throw new AssertionError("no commit came");
  }

  Store store() {
    return (Store) Proxy.newProxyInstance(Store.class.getClassLoader(), new Class<?>[] {Store.class},
        (proxy, method, args) -> {
          if (method.getName().equals("commit")) {
            @SuppressWarnings("unchecked")
            List<Store.Write> group = (List<Store.Write>) args[0];
            return commit(group);
          }
          try {
            return method.invoke(real, args);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  private List<Store.Outcome> commit(List<Store.Write> group) throws InterruptedException {
    arrived.countDown();
    if (!gate.await(60, TimeUnit.SECONDS)) throw new AssertionError("the gate stayed shut");
    groups.add(new ArrayList<>(group));
    return instead != null ? instead.apply(group) : real.commit(group);
  }

  List<Store.Outcome> reallyCommit(List<Store.Write> group) {
    return real.commit(group);
  }
}
