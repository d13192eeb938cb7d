package dev.pawl.engine.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobDecision;
import dev.pawl.core.job.JobEffect;
import dev.pawl.core.job.JobEvent;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobRequest;
import dev.pawl.core.job.JobSituation;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseEnd;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.job.Transition;
import dev.pawl.core.job.UwerCode;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.sql.Stores;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same random sequences of events on a database, by way of the lanes, and on states in memory: every answer and every
 * row is the one that the rules give. That the rules are the contract's is shown in {@code core}, on 10^5 sequences;
 * {@code -Dpawl.sequences=100000} plays as many here, {@code -Dpawl.sequences.from=40000} without the first 40,000 of them,
 * {@code -Dpawl.db=sqlite} on that database alone.
 */
class JobSequencesTest {
  private static final int SEQUENCES = Integer.getInteger("pawl.sequences", 300);
  private static final int FROM = Integer.getInteger("pawl.sequences.from", 0);
  private static final int TOGETHER = 1_000;
  private static final int STEPS = 25;
  private static final Instant START = Instant.parse("2027-01-01T00:00:00Z");

  static Stream<DatabaseServer> servers() {
    String only = System.getProperty("pawl.db", "");
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb())
        .filter(server -> only.isEmpty() || only.equals(server.name()));
  }

  @ParameterizedTest
  @MethodSource("servers")
  @DisplayName("D3: what is stored goes through random sequences as the rules say; what the matrix forbids is 4095 and changes nothing")
  void storedJobsFollowTheRules(DatabaseServer server) {
    Set<String> seen = new HashSet<>();
    for (int done = FROM; done < SEQUENCES; done += TOGETHER) {
      new Crowd(server.fresh(), done, Math.min(TOGETHER, SEQUENCES - done), seen).play();
    }
    for (var event : JobStimuli.EVENTS) {
      for (int column = 0; column < JobStimuli.COLUMNS; column++) assertThat(seen).contains(event + "/" + column);
    }
    assertThat(seen).contains("4093", "4094", "4095", "4098", "4099", "changed", "same");
  }

  /** Many sequences beside each other, a step of all of them at a time. */
  private static final class Crowd {
    private final Database database;
    private final JobStimuli stimuli;
    private final int count;
    private final Set<String> seen;
    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final Map<JobId, JobState> model = new HashMap<>();
    private final Map<JobStore.LeaseKey, LeaseEnd> ends = new HashMap<>();
    private final Map<JobId, List<Transition>> lines = new HashMap<>();

    Crowd(Database database, int seed, int count, Set<String> seen) {
      this.database = database;
      this.stimuli = new JobStimuli(seed);
      this.count = count;
      this.seen = seen;
    }

    void play() {
      try (Store store = Stores.open(database.jdbcUrl(), database.user(), database.password(), StoreConfig.STANDARD,
          StoreClock.of(now::get))) {
        JobBell bell = new JobBell(type -> {});
        JobTypes types = new JobTypes(store.jobs(), store::now);
        JobLanes lanes = new JobLanes(store, new HeldJobs(), bell, types, new Breakers(store.jobs(), types, bell),
            new AgreedPayloads(store.jobs()), 2, 100_000);
        lanes.start();
        try {
          List<SubmitJob> births = new ArrayList<>();
          for (int i = 0; i < count; i++) births.add(stimuli.birth(i, START));
          step(store, lanes, births);
          for (int i = 0; i < STEPS; i++) {
            now.updateAndGet(at -> at.plus(stimuli.pause()));
            step(store, lanes, List.copyOf(model.values()).stream().map(stimuli::about).toList());
          }
          audited(store);
        } finally {
          lanes.close();
        }
      }
    }

    @SuppressWarnings("unchecked")
    private void step(Store store, JobLanes lanes, List<? extends JobRequest<?>> requests) {
      List<JobAnswer<Object>> answers = lanes.submitAll((List<JobRequest<Object>>) requests);
      for (int i = 0; i < answers.size(); i++) {
        JobRequest<?> request = requests.get(i);
        JobState before = model.get(request.job());
        assertThat(answers.get(i)).as("%s on %s", request, before).isEqualTo(expected(request, before));
      }
      Map<JobId, JobState> stored = store.jobs().load(model.keySet());
      model.forEach((id, job) -> assertThat(plain(stored.get(id))).isEqualTo(plain(job)));
    }

    /** What the rules answer; what they change is changed in memory. */
    private JobAnswer<?> expected(JobRequest<?> request, JobState before) {
      if (before != null) seen.add(request.event() + "/" + JobStimuli.column(before));
      LeaseEnd end = request.endOf().isEmpty() ? null
          : ends.get(new JobStore.LeaseKey(request.job(), request.endOf().getAsLong()));
      return switch (request.decide(new JobSituation(before, null, end, now.get()))) {
        case JobDecision.Change<?> change -> {
          seen.add("changed");
          land(change);
          yield new JobAnswer.Done<>(change.answer());
        }
        case JobDecision.Unchanged<?> same -> {
          seen.add("same");
          yield new JobAnswer.Done<>(same.answer());
        }
        case JobDecision.Refused<?> no -> {
          seen.add(Integer.toString(no.code().number()));
          if (no.audit() != null) lines.get(request.job()).add(no.audit());
          boolean audited = no.audit() != null || request.event() == JobEvent.GRANT;
          assertThat(no.code() != UwerCode.ILLEGAL_TRANSITION || audited).as("whoever tries is in the audit").isTrue();
          yield new JobAnswer.Refused<>(no.code(), no.message(), no.pointer());
        }
      };
    }

    private void land(JobDecision.Change<?> change) {
      model.put(change.after().id(), change.after());
      for (JobEffect effect : change.effects()) {
        if (!(effect instanceof JobEffect.Noted noted)) continue;
        lines.computeIfAbsent(change.after().id(), id -> new ArrayList<>()).add(noted.line());
        LeaseEnd end = noted.line().end();
        if (end != null) ends.put(new JobStore.LeaseKey(end.job(), end.epoch()), end);
      }
    }

    /** The ledger of each job has its lines, done and refused, and no other. */
    private void audited(Store store) {
      lines.forEach((id, expected) -> assertThat(store.jobs().ledger(id, 1_000)).extracting(Crowd::told)
          .containsExactlyInAnyOrderElementsOf(expected.stream().map(Crowd::told).toList()));
    }

    private static String told(Transition line) {
      return "%s %s %s>%s %d>%d %s %s".formatted(line.at(), line.event(), line.from(), line.to(), line.fromEpoch(),
          line.toEpoch(), line.refused(), line.cause());
    }

    /** The node's name is for people and is not stored with the lease. */
    private static String plain(JobState job) {
      return String.valueOf(job).replaceAll("node=[^,]*,", "");
    }
  }
}
