package dev.pawl.testkit.explore;

import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.worker.WorkerBuilder;
import dev.pawl.testkit.explore.Incident.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a workflow once per possible crash, duplicate delivery and late report, and over interleavings of signals and timers,
 * and finds the schedule that breaks it.
 *
 * <pre>{@code
 * Explore.workflow("order", OrderWorkflow::new)
 *     .input(new Order("order-1", 5))
 *     .serving((worker, effects) -> worker.activities("payments", PaymentActivities.class, new FakePayments(effects)))
 *     .signal("approve", true)
 *     .check(end -> end.completed().eachEffectOnce())
 *     .passes();
 * }</pre>
 */
public final class Explore {
  private static final int MOST_SHRINKS = 40;

  record Signal(String name, @Nullable Object input) {}

  final String type;
  final List<Signal> signals = new ArrayList<>();
  final Duration patience = Play.PATIENCE;
  BiConsumer<WorkerBuilder, Effects> serving;
  @Nullable Object input;
  private Consumer<Ending> check = end -> end.completed().eachEffectOnce();
  private long seed = 1;
  private int rounds = 20;
  private int most = 400;

  private Explore(String type, BiConsumer<WorkerBuilder, Effects> serving) {
    this.type = type;
    this.serving = serving;
  }

  /** Explores a workflow of this type; say with {@link #serving} who serves it. */
  public static Explore workflow(String type) {
    return new Explore(type, (worker, effects) -> {});
  }

  /** Explores a workflow. */
  public static <W extends Workflow<?, ?>> Explore workflow(String type, Supplier<W> factory) {
    return workflow(type).serving((worker, effects) -> worker.workflow(type, factory));
  }

  // ---- what is explored

  /** What the workflow is started with. */
  public Explore input(@Nullable Object input) {
    this.input = input;
    return this;
  }

  /** What else the worker serves, with fakes that write down their effects. Called for every worker of every run. */
  public Explore serving(BiConsumer<WorkerBuilder, Effects> more) {
    serving = serving.andThen(more);
    return this;
  }

  /** A signal that is sent once in every run: as soon as the run waits, or wherever exploring puts it. */
  public Explore signal(String name, @Nullable Object input) {
    signals.add(new Signal(name, input));
    return this;
  }

  /** What must hold at the end of every run; throws if it does not. Completed and each effect once, unless said. */
  public Explore check(Consumer<Ending> check) {
    this.check = check;
    return this;
  }

  /** Draws the mixtures; 1 unless said. */
  public Explore seed(long seed) {
    this.seed = seed;
    return this;
  }

  /** How many mixtures are drawn after all the single incidents; 20 unless said. */
  public Explore rounds(int rounds) {
    this.rounds = rounds;
    return this;
  }

  /** Most runs altogether; 400 unless said. */
  public Explore most(int runs) {
    this.most = runs;
    return this;
  }

  // ---- exploring

  /**
   * What was explored.
   *
   * @param schedules how many runs there were
   * @param happened in how many of them everything on the schedule came to pass; the others say nothing
   * @param points where the calm run passed
   * @param broken the smallest schedule that breaks the check, as a seed for {@link #replay}; null: none does
   */
  public record Explored(
      int schedules, int happened, List<String> points, @Nullable String broken, @Nullable String report) {}

  /** Explores, and fails with the smallest schedule that breaks the check. */
  public Explored passes() {
    Explored explored = explore();
    if (explored.report() != null) throw new AssertionError(explored.report());
    return explored;
  }

  /** Explores, and says what it found. */
  public Explored explore() {
    return new Search().all();
  }

  /** Runs one schedule alone, as a failure has named it, and fails if it still breaks the check. */
  public void replay(String schedule) {
    Search search = new Search();
    Broken broken = search.play(Schedule.parse(schedule));
    if (broken != null) throw new AssertionError(search.report(broken));
  }

  private record Broken(Schedule schedule, Throwable why, @Nullable Ending end) {}

  private final class Search {
    private final Set<Play.Point> points = new LinkedHashSet<>();
    private List<String> calm = List.of();
    private int dues = 1;
    private int played;
    private int happened;

    Explored all() {
      Broken broken = play(Schedule.CALM);
      calm = points.stream().map(Play.Point::name).toList();
      Set<Incident> tried = new HashSet<>();
      // A signal in another place may lead to points that no run has passed before.
      for (Incident next = untried(tried); broken == null && next != null && played < most; next = untried(tried)) {
        broken = play(Schedule.of(next));
      }
      Random random = new Random(seed);
      for (int i = 0; i < rounds && broken == null && played < most; i++) broken = play(mixture(random));
      if (broken == null) return new Explored(played, happened, calm, null, null);
      Broken smallest = shrunk(broken);
      return new Explored(played, happened, calm, smallest.schedule.toString(), report(smallest));
    }

    private @Nullable Incident untried(Set<Incident> tried) {
      for (Incident incident : singles()) if (tried.add(incident)) return incident;
      return null;
    }

    /** Everything that can happen alone. */
    private List<Incident> singles() {
      List<Incident> all = new ArrayList<>();
      for (Play.Point point : points) {
        all.add(Incident.of(Kind.CRASH_BEFORE, point.name()));
        all.add(Incident.of(Kind.CRASH_AFTER, point.name()));
        if (!point.report()) {
          all.add(Incident.of(Kind.FROZEN, point.name()));
          continue;
        }
        all.add(Incident.of(Kind.TWICE, point.name()));
        all.add(Incident.of(Kind.LATE, point.name()));
      }
      for (int signal = 0; signal < signals.size(); signal++) {
        for (Play.Point point : points) all.add(new Incident(Kind.SIGNAL_AT, signal, point.name()));
        for (int due = 1; due <= Math.min(dues, 20); due++) {
          all.add(new Incident(Kind.SIGNAL_BEFORE_DUE, signal, Integer.toString(due)));
          all.add(new Incident(Kind.SIGNAL_AFTER_DUE, signal, Integer.toString(due)));
        }
      }
      return all;
    }

    /** Two or three of them together; each signal in one place only. */
    private Schedule mixture(Random random) {
      List<Incident> all = singles();
      List<Incident> drawn = new ArrayList<>();
      int count = 2 + random.nextInt(2);
      for (int i = 0; i < 4 * count && drawn.size() < count && !all.isEmpty(); i++) {
        Incident one = all.get(random.nextInt(all.size()));
        boolean clash = drawn.stream().anyMatch(other -> other.kind().isSignal() && one.kind().isSignal()
            ? other.signal() == one.signal()
            : other.equals(one));
        if (!clash) drawn.add(one);
      }
      return new Schedule(drawn);
    }

    @Nullable Broken play(Schedule schedule) {
      played++;
      Play play = new Play(Explore.this, schedule);
      Ending end = null;
      try {
        end = play.run();
        check.accept(end);
        return null;
      } catch (AssertionError | RuntimeException why) {
        return new Broken(schedule, why, end);
      } finally {
        if (play.happened()) happened++;
        // What only a crash leads to, a second attempt for example, can go wrong too.
        points.addAll(play.passed());
        dues = Math.max(dues, play.dues());
      }
    }

    private Broken shrunk(Broken broken) {
      Broken smallest = broken;
      int tries = 0;
      for (int i = 0; i < smallest.schedule.incidents().size() && tries++ < MOST_SHRINKS; i++) {
        if (smallest.schedule.incidents().size() == 1) break;
        Broken less = play(smallest.schedule.without(i));
        if (less == null) continue;
        smallest = less;
        i = -1;
      }
      return smallest;
    }

    String report(Broken broken) {
      StringBuilder text = new StringBuilder("'%s' breaks in run %d of exploring it, when this happens:%n%s%nthen: %s%n"
          .formatted(type, played, broken.schedule.explained(), broken.why.getMessage()));
      if (!broken.schedule.incidents().isEmpty()) {
        text.append("run it alone with .replay(\"%s\")%n".formatted(broken.schedule));
      }
      Ending end = broken.end;
      if (end != null) text.append("effects: ").append(end.effects()).append('\n').append(end.history());
      return text.toString();
    }
  }
}
