package dev.pawl.engine.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RunId;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two lanes hand out to polls that come and go. */
class TaskQueueTest {
  private static final Set<String> TYPES = Set.of("mail");

  private final ExecutorService laneOne = Executors.newSingleThreadExecutor();
  private final ExecutorService laneTwo = Executors.newSingleThreadExecutor();
  private final Set<SessionId> gone = ConcurrentHashMap.newKeySet();
  private final TaskQueue<String> queue = new TaskQueue<>(gone::contains);
  private final SessionId session = SessionId.random();

  @BeforeEach
  void theDatabaseHasNothing() {
    queue.looked(queue.mustLook(TYPES, true, 0), true);
  }

  @AfterEach
  void stop() {
    laneOne.shutdownNow();
    laneTwo.shutdownNow();
  }

  @Test
  void aPollAnswersWithoutWaitingForTheOtherLaneWhoseTaskGoesToTheSessionsNextPoll() throws Exception {
    ParkedPoll<String> first = waiting(2);
    assertThat(on(laneOne, () -> queue.reserveFor("mail"))).isSameAs(first);
    assertThat(on(laneTwo, () -> queue.reserveFor("mail"))).isSameAs(first);
    assertThat(on(laneTwo, () -> queue.reserveFor("mail"))).as("no room for a third").isNull();

    give(laneOne, first, "one");
    assertThat(first.awake()).isTrue();
    assertThat(queue.leave(first, false)).containsExactly("one");

    give(laneTwo, first, "two");
    assertThat(queue.open(poll(session, 2))).containsExactly("two");
    assertThat(queue.open(poll(session, 2))).isEmpty();
  }

  @Test
  void aPollThatWaitsIsWokenForIt() throws Exception {
    ParkedPoll<String> first = waiting(1);
    on(laneOne, () -> queue.reserveFor("mail"));
    first.poke();
    assertThat(queue.leave(first, false)).isEmpty();

    ParkedPoll<String> stranger = poll(SessionId.random(), 1);
    queue.open(stranger);
    queue.park(stranger);
    ParkedPoll<String> next = waiting(1);
    give(laneOne, first, "one");
    assertThat(next.awake()).isTrue();
    assertThat(stranger.awake()).as("the lease is another session's").isFalse();
    queue.leave(next, false);
    assertThat(queue.open(poll(session, 1))).containsExactly("one");
  }

  @Test
  void aPollTakesNoMoreThanItHasPlacesFor() throws Exception {
    ParkedPoll<String> first = waiting(3);
    for (int i = 0; i < 3; i++) on(laneOne, () -> queue.reserveFor("mail"));
    first.poke();
    queue.leave(first, false);
    for (String task : new String[] {"one", "two", "three"}) give(laneOne, first, task);
    assertThat(queue.open(poll(session, 2))).containsExactly("one", "two");
    assertThat(queue.open(poll(session, 2))).containsExactly("three");
  }

  @Test
  void aPollThatAsksLeavesThePlacesThatLanesKeep() throws Exception {
    ParkedPoll<String> asking = poll(session, 3);
    queue.open(asking);
    on(laneOne, () -> queue.reserveFor("mail"));
    assertThat(queue.ask(asking)).isEqualTo(2);
    assertThat(on(laneTwo, () -> queue.reserveFor("mail"))).as("the others are asked for").isNull();
    RunId[] found = {new RunId(UUID.randomUUID()), new RunId(UUID.randomUUID()), new RunId(UUID.randomUUID())};
    assertThat(queue.claim(List.of(found), asking)).containsExactly(found[0], found[1]);

    give(laneOne, asking, "one");
    assertThat(queue.leave(asking, false)).containsExactly("one");
  }

  @Test
  void theLastPollOfASessionWaitsForTheLanes() throws Exception {
    ParkedPoll<String> last = waiting(1);
    on(laneOne, () -> queue.reserveFor("mail"));
    Future<?> giving = laneOne.submit(() -> queue.give(last, "one"));
    assertThat(queue.leave(last, true)).containsExactly("one");
    giving.get();
  }

  @Test
  void whatASessionThatIsGoneWasGivenIsKeptForNobody() throws Exception {
    ParkedPoll<String> first = waiting(1);
    on(laneOne, () -> queue.reserveFor("mail"));
    first.poke();
    queue.leave(first, false);
    gone.add(session);
    give(laneOne, first, "one");
    assertThat(queue.open(poll(session, 1))).isEmpty();
  }

  @Test
  void aPlaceThatIsGivenUpIsFreeAgain() throws Exception {
    ParkedPoll<String> first = waiting(1);
    on(laneOne, () -> queue.reserveFor("mail"));
    on(laneOne, () -> {
      queue.release(first);
      return null;
    });
    assertThat(first.awake()).isFalse();
    assertThat(on(laneTwo, () -> queue.reserveFor("mail"))).isSameAs(first);
  }

  @Test
  void betweenTwoPollsASessionGetsAsMuchAsItHasRoomFor() throws Exception {
    ParkedPoll<String> first = waiting(3);
    on(laneOne, () -> queue.reserveFor("mail"));
    give(laneOne, first, "one");
    assertThat(queue.leave(first, false)).containsExactly("one");

    for (String task : new String[] {"two", "three"}) {
      assertThat(on(laneOne, () -> queue.reserveFor("mail"))).isSameAs(first);
      give(laneOne, first, task);
    }
    assertThat(on(laneOne, () -> queue.reserveFor("mail"))).as("three places, three tasks").isNull();
    assertThat(queue.open(poll(session, 2))).containsExactly("two", "three");
    assertThat(on(laneOne, () -> queue.reserveFor("mail"))).as("its poll was answered without waiting").isNull();
  }

  @Test
  void aSessionThatMayNotComeBackIsGivenNothingBetweenPolls() throws Exception {
    ParkedPoll<String> last = waiting(3);
    on(laneOne, () -> queue.reserveFor("mail"));
    give(laneOne, last, "one");
    assertThat(queue.leave(last, true)).containsExactly("one");
    assertThat(on(laneOne, () -> queue.reserveFor("mail"))).isNull();

    ParkedPoll<String> next = waiting(3);
    on(laneOne, () -> queue.reserveFor("mail"));
    give(laneOne, next, "two");
    queue.leave(next, false);
    gone.add(session);
    assertThat(on(laneOne, () -> queue.reserveFor("mail"))).isNull();
  }

  @Test
  void whatASessionThatDrainsWasGivenAheadComesBack() throws Exception {
    ParkedPoll<String> first = waiting(3);
    on(laneOne, () -> queue.reserveFor("mail"));
    give(laneOne, first, "one");
    queue.leave(first, false);
    on(laneOne, () -> queue.reserveFor("mail"));
    give(laneOne, first, "two");

    assertThat(queue.drain(session)).containsExactly("two");
    assertThat(queue.drain(session)).isEmpty();
    assertThat(on(laneOne, () -> queue.reserveFor("mail"))).isNull();
  }

  @Test
  void aPollThatIsAboutToAnswerTakesMoreForItsSessionsNextOne() throws Exception {
    ParkedPoll<String> first = waiting(2);
    on(laneOne, () -> queue.reserveFor("mail"));
    give(laneOne, first, "one");
    assertThat(on(laneTwo, () -> queue.reserveFor("mail"))).isSameAs(first);
    assertThat(on(laneTwo, () -> queue.reserveFor("mail"))).as("two places").isNull();
    assertThat(queue.leave(first, false)).containsExactly("one");
    give(laneTwo, first, "two");
    assertThat(queue.open(poll(session, 2))).containsExactly("two");
  }

  @Test
  void aPollThatWaitsIsPreferredToOneThatIsAboutToAnswer() throws Exception {
    ParkedPoll<String> first = waiting(3);
    on(laneOne, () -> queue.reserveFor("mail"));
    give(laneOne, first, "one");
    ParkedPoll<String> second = waiting(3);
    assertThat(on(laneOne, () -> queue.reserveFor("mail"))).isSameAs(second);
  }

  @Test
  void aPollThatIsEndedTakesNothing() throws Exception {
    waiting(2);
    queue.stop(session, null);
    assertThat(on(laneOne, () -> queue.reserveFor("mail"))).isNull();
  }

  @Test
  void whatWasLeftInTheDatabaseKeepsItsPlaces() throws Exception {
    ParkedPoll<String> first = waiting(3);
    queue.has("mail");
    queue.has("mail");
    assertThat(first.awake()).as("somebody has to look").isTrue();
    assertThat(on(laneOne, () -> queue.reserveFor("mail"))).isSameAs(first);
    assertThat(on(laneOne, () -> queue.reserveFor("mail"))).as("two of three places are taken").isNull();

    queue.looked(queue.mustLook(TYPES, false, 0), true);
    assertThat(on(laneOne, () -> queue.reserveFor("mail"))).isSameAs(first);
  }

  @Test
  void nothingIsHandedOutPastWhatSomebodyElseMayHaveLeft() throws Exception {
    waiting(3);
    queue.mayHave("mail");
    assertThat(on(laneOne, () -> queue.reserveFor("mail"))).isNull();
  }

  @Test
  void onePollLooksForAll() {
    ParkedPoll<String> first = poll(session, 1);
    ParkedPoll<String> second = poll(SessionId.random(), 1);
    queue.mayHave("mail");
    queue.open(first);
    queue.open(second);
    TaskQueue.Asked asked = queue.mustLook(TYPES, false, 0);
    assertThat(queue.mustLook(TYPES, false, 0)).as("somebody looks already").isNull();
    assertThat(queue.mustLook(Set.of("fax"), false, 0)).as("but not for that").isNotNull();
    assertThat(queue.mustLook(TYPES, true, 0)).as("who cannot wait looks himself").isNotNull();
    assertThat(queue.park(second)).isTrue();

    queue.looked(asked, false);
    assertThat(second.awake()).as("there may be more").isTrue();
  }

  @Test
  void whoWaitsForALookThatFoundEverythingGoesOnWaiting() {
    queue.mayHave("mail");
    ParkedPoll<String> second = poll(session, 1);
    queue.open(second);
    TaskQueue.Asked asked = queue.mustLook(TYPES, false, 0);
    assertThat(queue.park(second)).isTrue();
    queue.looked(asked, true);
    assertThat(second.awake()).isFalse();
  }

  @Test
  void whatIsLeftDuringALookIsLookedForAgain() {
    queue.mayHave("mail");
    ParkedPoll<String> second = poll(session, 1);
    queue.open(second);
    TaskQueue.Asked asked = queue.mustLook(TYPES, false, 0);
    queue.has("mail");
    assertThat(queue.park(second)).as("the look is not over").isTrue();
    queue.looked(asked, true);
    assertThat(second.awake()).isTrue();
  }

  private ParkedPoll<String> waiting(int max) {
    ParkedPoll<String> poll = poll(session, max);
    assertThat(queue.open(poll)).isEmpty();
    assertThat(queue.park(poll)).isTrue();
    return poll;
  }

  private static ParkedPoll<String> poll(SessionId session, int max) {
    return new ParkedPoll<>(session, null, TYPES, max, null);
  }

  private void give(ExecutorService lane, ParkedPoll<String> poll, String task) throws Exception {
    on(lane, () -> {
      queue.give(poll, task);
      return null;
    });
  }

  private static <T> T on(ExecutorService lane, Callable<T> work) throws Exception {
    return lane.submit(work).get();
  }
}
