package dev.pawl.engine.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.engine.store.Store;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LookupTest {
  private final CountDownLatch reading = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final AtomicInteger reads = new AtomicInteger();

  /** The first reader stands still with what it has read; whoever reads after it finds one name more. */
  private List<Store.Namespace> namespaces() throws InterruptedException {
    if (reads.incrementAndGet() > 1) return List.of(named("default"), named("new"));
    reading.countDown();
    gate.await();
    return List.of(named("default"));
  }

  private static Store.Namespace named(String name) {
    return new Store.Namespace(name, "", Duration.ofDays(30));
  }

  @Test
  void aSlowReaderDoesNotTakeANewNamespaceOut() throws Exception {
    Lookup lookup = new Lookup((Store) Proxy.newProxyInstance(Store.class.getClassLoader(), new Class<?>[] {Store.class},
        (proxy, method, args) -> {
          assertThat(method.getName()).isEqualTo("namespaces");
          return namespaces();
        }));
    Thread slow = Thread.ofPlatform().start(lookup::refresh);
    reading.await();
    Thread fresh = Thread.ofPlatform().start(lookup::refresh);
    while (fresh.getState() != Thread.State.WAITING && fresh.getState() != Thread.State.TERMINATED) Thread.onSpinWait();
    gate.countDown();
    slow.join();
    fresh.join();
    assertThat(lookup.isNamespace("new")).isTrue();
  }
}
