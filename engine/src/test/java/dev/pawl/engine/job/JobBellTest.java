package dev.pawl.engine.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.SessionId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class JobBellTest {
  private static final JobBell.Type MAIL = new JobBell.Type("default", "mail");

  private final JobBell bell = new JobBell(type -> {});

  private JobBell.Waiter waiter() {
    return bell.waiter(List.of("default"), List.of("mail"), SessionId.random());
  }

  @Test
  void aRingBetweenTheLookAndTheWaitIsNotLost() {
    try (JobBell.Waiter waiter = waiter()) {
      waiter.listen();
      bell.ring(Set.of(MAIL));
      assertThat(waiter.await(Long.MAX_VALUE / 2)).isTrue();
      waiter.listen();
      assertThat(waiter.await(1)).as("it has been heard").isFalse();
    }
  }

  @Test
  void whoComesWhileTheLastOneGoesIsHeardOf() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Thread coming = Thread.ofPlatform().daemon().start(() -> {
      while (!over.get()) waiter().close();
    });
    int heard = 0;
    for (int i = 0; i < 200_000; i++) {
      try (JobBell.Waiter waiter = waiter()) {
        bell.ring(Set.of(MAIL));
        if (waiter.await(0)) heard++;
      }
    }
    over.set(true);
    coming.join();
    assertThat(heard).isEqualTo(200_000);
  }
}
