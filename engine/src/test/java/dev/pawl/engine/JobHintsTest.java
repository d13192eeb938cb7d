package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.engine.hint.Hint;
import dev.pawl.engine.hint.HintBus;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Until;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What nodes tell each other about jobs only saves time. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobHintsTest extends EngineFixture {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int JOBS = 20;

  JobHintsTest(DatabaseServer server) {
    super(server);
  }

  /** What becomes of hints. */
  enum Fate {
    ALL_LOST,
    TEN_OF_EACH_IN_ANOTHER_ORDER,
    ALL_AT_THE_END
  }

  /** Between two nodes. */
  private static final class Gossip {
    private final Fate fate;
    private final List<Consumer<Hint>> ears = new CopyOnWriteArrayList<>();
    private final List<Hint> held = new CopyOnWriteArrayList<>();

    Gossip(Fate fate) {
      this.fate = fate;
    }

    HintBus bus() {
      return new HintBus() {
        @Override
        public void listen(Consumer<Hint> heard, Runnable missed) {
          ears.add(heard);
        }

        @Override
        public void tell(Collection<Hint> hints) {
          switch (fate) {
            case ALL_LOST -> {}
            case TEN_OF_EACH_IN_ANOTHER_ORDER -> {
              List<Hint> many = new ArrayList<>();
              for (int i = 0; i < 10; i++) many.addAll(hints);
              Collections.reverse(many);
              many.forEach(hint -> ears.forEach(ear -> ear.accept(hint)));
            }
            case ALL_AT_THE_END -> held.addAll(hints);
          }
        }

        @Override
        public void close() {}
      };
    }

    void release() {
      held.forEach(hint -> ears.forEach(ear -> ear.accept(hint)));
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("O4: hints that are lost, repeated, reordered and late change nothing of what comes of jobs")
  void hintsOnlySaveTime(Fate fate) {
    Gossip gossip = new Gossip(fate);
    PawlEngine here = engine(config -> config.hints = gossip.bus());
    PawlEngine there = engine(config -> config.hints = gossip.bus());
    try (LiveJobs worker = new LiveJobs(there)) {
      List<JobId> jobs = new ArrayList<>();
      for (int i = 0; i < JOBS; i++) jobs.add(JobHand.submit(here, JobHand.retrying("told-about-" + i, RetryTerms.of(BackoffProfile.FAST))));
      Until.holds(SOON, () -> {
        clock.pass(Duration.ofMillis(50)); // those that fail once wait for their next attempt
        return jobs.stream().allMatch(job -> JobHand.state(here, job).phase() == JobPhase.SUCCEEDED);
      });
      gossip.release();
      for (JobId id : jobs) {
        JobState job = JobHand.state(here, id);
        assertThat(job.epoch()).as("each attempt once").isEqualTo(job.attempt());
        assertThat(here.jobs().ledger("default", id, 100).stream().filter(line -> line.end() != null))
            .hasSize((int) job.epoch());
      }
    }
  }
}
