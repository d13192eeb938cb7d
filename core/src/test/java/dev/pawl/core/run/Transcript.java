package dev.pawl.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Rejection;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Tests as transcripts: {@code given(LEASED).when(w -> cancel(ORDER, null)).then(cancelRequested).isLeft(LEASED)}. The
 * world checks by itself what must be true after every change.
 */
final class Transcript {
  final World world;
  private Decision<?> last;

  private Transcript(World world) {
    this.world = world;
  }

  static Transcript given(State state) {
    return new Transcript(state.world());
  }

  static Transcript given(World world) {
    return new Transcript(world);
  }

  /** Something else happens in between, not looked at. */
  Transcript and(Consumer<World> something) {
    something.accept(world);
    return this;
  }

  Transcript pass(Duration time) {
    world.pass(time);
    return this;
  }

  Transcript when(Function<World, Request<?>> request) {
    last = world.submit(request.apply(world));
    return this;
  }

  /** Exactly these events were appended. */
  Transcript then(RunEvent... events) {
    assertThat(change().events().stream().map(Event::fact)).containsExactly(events);
    return this;
  }

  /** Events of exactly these types were appended. */
  Transcript thenTypes(String... types) {
    assertThat(change().events().stream().map(e -> e.fact().type())).containsExactly(types);
    return this;
  }

  Transcript answers(Object answer) {
    Object got = switch (last) {
      case Decision.Change<?> c -> c.answer();
      case Decision.Unchanged<?> u -> u.answer();
      case Decision.Rejected<?> r -> r.rejection();
    };
    assertThat(got).isEqualTo(answer);
    return this;
  }

  /** Exactly these effects, in any order; ledger lines are left out. */
  Transcript effects(Effect... effects) {
    assertThat(effects()).containsExactlyInAnyOrder(effects);
    return this;
  }

  /** Effects of exactly these kinds, in any order; ledger lines are left out. */
  Transcript effectTypes(Class<?>... kinds) {
    assertThat(effects().stream().<Class<?>>map(Object::getClass).toList()).containsExactlyInAnyOrder(kinds);
    return this;
  }

  private List<Effect> effects() {
    return change().effects().stream().filter(e -> !(e instanceof Effect.Note)).toList();
  }

  Transcript noted(String what, String cause) {
    assertThat(change().effects()).anySatisfy(e -> {
      assertThat(e).isInstanceOf(Effect.Note.class);
      assertThat(((Effect.Note) e).what()).isEqualTo(what);
      assertThat(((Effect.Note) e).cause()).isEqualTo(cause);
    });
    return this;
  }

  Transcript rejected(Rejection.Code code) {
    assertThat(last).isInstanceOf(Decision.Rejected.class);
    assertThat(((Decision.Rejected<?>) last).rejection().code()).isEqualTo(code);
    return this;
  }

  Transcript rejectedAt(Rejection.Code code, String field) {
    rejected(code);
    assertThat(((Decision.Rejected<?>) last).rejection().field()).isEqualTo(field);
    return this;
  }

  Transcript saying(String part) {
    assertThat(((Decision.Rejected<?>) last).rejection().message()).contains(part);
    return this;
  }

  Transcript unchanged() {
    assertThat(last).isInstanceOf(Decision.Unchanged.class);
    return this;
  }

  /** Only the mail was taken. */
  Transcript thrownAway() {
    assertThat(change().after()).isNull();
    assertThat(change().answer()).isInstanceOfSatisfying(Delivered.class, it -> assertThat(it.applied()).isFalse());
    return this;
  }

  /** How the workflow task of the order is left. */
  Transcript isLeft(WorkflowTask.Phase phase) {
    assertThat(world.current(Requests.ORDER).task().phase()).isEqualTo(phase);
    return this;
  }

  Transcript satisfies(Consumer<World> check) {
    check.accept(world);
    return this;
  }

  Decision.Change<?> change() {
    assertThat(last).isInstanceOf(Decision.Change.class);
    return (Decision.Change<?>) last;
  }
}
