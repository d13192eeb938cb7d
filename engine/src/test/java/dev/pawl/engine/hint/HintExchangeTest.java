package dev.pawl.engine.hint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class HintExchangeTest {
  private static final Hint ORDERS = new Hint.WorkflowReady("default", "orders", "Order");
  private static final Hint MAIL = new Hint.ActivityReady("default", "mail", "Send");

  /** A bus whose other end is in the test's hands. */
  private static final class HeldBus implements HintBus {
    final BlockingQueue<List<Hint>> told = new LinkedBlockingQueue<>();
    final Semaphore may = new Semaphore(0);
    Consumer<Hint> heard;
    Runnable missed;

    @Override
    public void listen(Consumer<Hint> hear, Runnable miss) {
      heard = hear;
      missed = miss;
    }

    @Override
    public void tell(Collection<Hint> hints) {
      told.add(List.copyOf(hints));
      may.acquireUninterruptibly();
    }

    @Override
    public void close() {
      may.release(1_000);
    }
  }

  private final HeldBus bus = new HeldBus();
  private final List<Hint> looked = Collections.synchronizedList(new ArrayList<>());
  private final Semaphore everywhere = new Semaphore(0);
  private final HintExchange exchange = new HintExchange(bus, looked::add, everywhere::release);

  @AfterEach
  void close() {
    exchange.close();
  }

  @Test
  void whatIsToldManyTimesInABeatIsToldOnce() throws Exception {
    exchange.start();
    exchange.tell(ORDERS);
    assertThat(bus.told.take()).containsExactly(ORDERS);
    for (int i = 0; i < 10_000; i++) {
      exchange.tell(ORDERS);
      exchange.tell(MAIL);
    }
    bus.may.release();
    assertThat(bus.told.take()).containsExactlyInAnyOrder(ORDERS, MAIL);
    bus.may.release();
    exchange.tell(MAIL);
    assertThat(bus.told.take()).containsExactly(MAIL);
    bus.may.release();
    assertThat(exchange.figures().told()).isEqualTo(4);
  }

  @Test
  void aStormFromOutsideIsAFewLooks() throws Exception {
    exchange.start();
    exchange.tell(MAIL);
    bus.told.take(); // it stands, and the storm gathers
    for (int i = 0; i < 50_000; i++) bus.heard.accept(ORDERS);
    bus.may.release();
    while (looked.isEmpty()) Thread.onSpinWait();
    assertThat(looked).containsExactly(ORDERS);
    assertThat(exchange.figures().heard()).isEqualTo(50_000);
  }

  @Test
  void aFloodOfDifferentHintsIsForgottenInPart() throws Exception {
    exchange.start();
    exchange.tell(MAIL);
    bus.told.take();
    for (int i = 0; i < 3 * HintExchange.MOST; i++) exchange.tell(new Hint.Changed("default", "w-" + i, true));
    bus.may.release();
    assertThat(bus.told.take()).hasSize(HintExchange.MOST);
    bus.may.release();
  }

  @Test
  void whoeverMissedSomethingLooksEverywhere() throws Exception {
    exchange.start();
    bus.missed.run();
    assertThat(everywhere.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void withNobodyToTellNothingHappens() {
    HintExchange alone = new HintExchange(HintBus.NONE, looked::add, everywhere::release);
    alone.start();
    alone.tell(ORDERS);
    assertThat(alone.figures()).isEqualTo(new HintExchange.Figures(0, 0));
    alone.close();
  }
}
