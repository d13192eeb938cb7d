package dev.pawl.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Histories in pages: the same events with the same payloads as in one piece, each page at the price of what is on it. */
class HistoryPagesTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final RunId RUN = new RunId(UUID.fromString("01890000-0000-7000-8000-000000000001"));

  private static final ActivityOptions OPTIONS =
      new ActivityOptions("q", null, null, null, null, RetryPolicy.NEVER, 5);

  /** A history that is made up event by event. */
  private static final class Story {
    final List<Event> events = new ArrayList<>();
    final List<Integer> activities = new ArrayList<>();
    final List<Integer> waits = new ArrayList<>();
    final Set<Integer> timed = new HashSet<>();
    final List<String> updates = new ArrayList<>();
    int step;
    long seen = 2;

    Story() {
      outside(new RunEvent.CancelRequested("one", "a"));
      outside(new RunEvent.CancelRequested("two", "b"));
    }

    void outside(RunEvent fact) {
      events.add(new Event(events.size() + 1L, NOON, 0, fact));
    }

    void report(RunEvent fact) {
      events.add(new Event(events.size() + 1L, NOON, seen, fact));
    }

    void schedule() {
      activities.add(++step);
      report(new RunEvent.ActivityScheduled(step, "type-" + step, null, OPTIONS, Map.of()));
    }

    void await(boolean timeout) {
      waits.add(++step);
      report(new RunEvent.ConditionWaitOpened(step, "key-" + step, null, Duration.ofSeconds(3)));
      if (!timeout) return;
      timed.add(step);
      report(new RunEvent.TimerScheduled(step, Duration.ofSeconds(3), NOON));
    }

    void anything(Random random) {
      switch (random.nextInt(9)) {
        case 0 -> outside(new RunEvent.SignalReceived("s" + events.size(), "poke", null, Map.of()));
        case 1 -> {
          updates.add("u" + events.size());
          outside(new RunEvent.UpdateAccepted(updates.getLast(), "pay", null, Map.of()));
        }
        case 2, 3 -> schedule();
        case 4 -> await(random.nextBoolean());
        case 5 -> {
          if (!activities.isEmpty()) outside(new RunEvent.ActivityCompleted(taken(activities, random), null, 1));
        }
        case 6 -> {
          if (!waits.isEmpty()) {
            int wait = taken(waits, random);
            report(new RunEvent.ConditionWaitSatisfied(wait));
            if (timed.contains(wait)) report(new RunEvent.TimerCancelled(wait));
          }
        }
        case 7 -> {
          if (!updates.isEmpty()) {
            String id = updates.remove(random.nextInt(updates.size()));
            report(new RunEvent.UpdateApplied(id));
            report(new RunEvent.UpdateCompleted(id, Outcome.success(Values.avro("result", 1L))));
          }
        }
        default -> seen = events.size();
      }
    }

    private static int taken(List<Integer> of, Random random) {
      return of.remove(random.nextInt(of.size()));
    }
  }

  /** Counts what is read. */
  private static final class Counting implements HistorySource {
    private final HistorySource of;
    long read;

    Counting(List<Event> events) {
      of = HistorySource.of(events);
    }

    @Override
    public List<Event> read(long after, int limit) {
      List<Event> events = of.read(after, limit);
      read += events.size();
      return events;
    }

    @Override
    public long find(long after, long upTo, boolean reported) {
      return of.find(after, upTo, reported);
    }
  }

  private static List<Map<String, @Nullable Object>> whole(List<Event> events) {
    return histories().asSeen(events);
  }

  private static Histories histories() {
    return new Histories("default", "order-1", RUN);
  }

  /** All pages one after the other, each by a translator of its own. */
  private static List<List<Map<String, @Nullable Object>>> pages(List<Event> events, Counting source, int size,
      int mostRead) {
    List<List<Map<String, @Nullable Object>>> pages = new ArrayList<>();
    SeenOrder.Place place = SeenOrder.Place.START;
    String open = "";
    while (place != null) {
      source.read = 0;
      SeenOrder.Page page = SeenOrder.page(source, events.size(), place, size);
      Histories histories = histories();
      pages.add(histories.page(open, page.events(), source));
      open = histories.carried();
      place = page.next();
      assertThat(source.read).as("read for page %d", pages.size()).isLessThanOrEqualTo(mostRead);
    }
    return pages;
  }

  @Test
  void pagesOfAnySizeShowWhatTheWholeHistoryShows() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      Story story = new Story();
      while (story.events.size() < 200) story.anything(random);
      for (int size : new int[] {1, 2, 7, 50, 199, 1_000}) {
        var pages = pages(story.events, new Counting(story.events), size, Integer.MAX_VALUE);
        assertThat(pages).as("seed %d", seed).allSatisfy(page -> assertThat(page).hasSizeLessThanOrEqualTo(size));
        assertThat(pages.stream().flatMap(List::stream).toList()).as("seed %d, pages of %d", seed, size)
            .containsExactlyElementsOf(whole(story.events));
      }
    }
  }

  @Test
  void aPageOfALongHistoryCostsWhatIsOnIt() {
    Story story = new Story();
    for (int i = 0; i < 5_000; i++) {
      story.schedule();
      story.outside(new RunEvent.ActivityCompleted(story.step, null, 1));
      story.seen = story.events.size();
    }
    var pages = pages(story.events, new Counting(story.events), 100, 320);
    assertThat(pages).hasSize(101);
    assertThat(pages.stream().flatMap(List::stream).toList()).isEqualTo(whole(story.events));
  }

  @Test
  void aPageOfManyParallelActivitiesReadsOnlyThoseItNames() {
    Story story = new Story();
    for (int i = 0; i < 3_000; i++) story.schedule();
    List<Integer> open = new ArrayList<>(story.activities);
    Random random = new Random(7);
    while (!open.isEmpty()) {
      story.outside(new RunEvent.ActivityCompleted(open.remove(random.nextInt(open.size())), null, 1));
    }
    var pages = pages(story.events, new Counting(story.events), 100, 2_100);
    assertThat(pages.stream().flatMap(List::stream).toList()).isEqualTo(whole(story.events));
  }

  @Test
  void aPageOfManyMessagesThatNobodyLookedAtCostsWhatIsOnIt() {
    Story story = new Story();
    story.schedule();
    for (int i = 0; i < 5_000; i++) story.outside(new RunEvent.SignalReceived("s" + i, "poke", null, Map.of()));
    story.report(new RunEvent.ConditionWaitOpened(2, null, null, null));
    for (int i = 0; i < 5_000; i++) story.outside(new RunEvent.SignalReceived("t" + i, "poke", null, Map.of()));
    var pages = pages(story.events, new Counting(story.events), 100, 520);
    assertThat(pages.stream().flatMap(List::stream).toList()).isEqualTo(whole(story.events));
  }

  @Test
  void whatIsOverIsCarriedNoFurther() {
    Story story = new Story();
    for (int i = 0; i < 100; i++) {
      story.schedule();
      story.outside(new RunEvent.ActivityCompleted(story.step, null, 1));
      story.await(true);
      story.report(new RunEvent.ConditionWaitSatisfied(story.step));
      story.report(new RunEvent.TimerCancelled(story.step));
      story.await(true);
      story.report(new RunEvent.TimerCancelled(story.step));
      story.report(new RunEvent.ConditionWaitSatisfied(story.step));
      story.await(true);
      story.outside(new RunEvent.TimerFired(story.step));
      story.outside(new RunEvent.UpdateAccepted("u" + i, "pay", null, Map.of()));
      story.report(new RunEvent.UpdateApplied("u" + i));
      story.report(new RunEvent.UpdateCompleted("u" + i, Outcome.success(Values.avro("result", 1L))));
    }
    Histories histories = histories();
    histories.page("", story.events, HistorySource.of(story.events));
    assertThat(histories.carried()).isEmpty();
  }

  @Test
  void whatCountsOnTogetherIsCarriedInShort() {
    Story story = new Story();
    for (int i = 0; i < 2_000; i++) story.schedule();
    Histories histories = histories();
    histories.page("", story.events, HistorySource.of(story.events));
    assertThat(histories.carried()).isEqualTo("3.1.1jk");
  }

  @Test
  void aPageInTheOrderOfNumbersCanBeginAnywhere() {
    Story story = new Story();
    Random random = new Random(1);
    while (story.events.size() < 300) story.anything(random);
    var all = histories().all(story.events);
    for (int after = 1; after < 299; after += 7) {
      assertThat(histories().page(null, story.events.subList(after, 300), HistorySource.of(story.events)))
          .isEqualTo(all.subList(after, 300));
    }
  }
}
