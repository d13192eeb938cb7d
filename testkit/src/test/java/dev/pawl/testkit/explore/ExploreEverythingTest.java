package dev.pawl.testkit.explore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Activity;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Promise;
import dev.pawl.sdk.Retry;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A program that uses a bit of everything must have each effect once and one result, whatever happens to its workers. */
@Timeout(300)
class ExploreEverythingTest {
  interface Parts {
    String make(String part) throws Exception;
  }

  static final class Assembly implements Workflow<Integer, List<String>> {
    private final Parts parts = Activities.stub(Parts.class, opts -> opts.name("parts")
        .startToClose(Duration.ofMinutes(1)).retry(Retry.exponential(Duration.ofSeconds(1), 2, Duration.ofMinutes(1))));
    private final Effects effects;
    private final List<String> done = new ArrayList<>();
    private String colour = "";

    Assembly(Effects effects) {
      this.effects = effects;
    }

    @Override
    public List<String> run(Integer round) throws Exception {
      Pawl.onSignal("paint", String.class, name -> {
        colour = name;
        Pawl.step("note", () -> effects.once(Step.context().idempotencyKey(), "note " + name));
      });
      String serial = Pawl.sideEffect(() -> "serial");
      Promise<String> left = Pawl.async(() -> make("left " + round));
      Promise<String> right = Pawl.stepAsync("right", () -> {
        effects.once(Step.context().idempotencyKey(), "right " + round);
        return "right";
      });
      done.addAll(Promise.all(List.of(left, right)).get());
      Pawl.sleep(Duration.ofHours(1));
      done.add(Pawl.child("polish", opts -> {}, round, String.class).result().get());
      if (round == 1) return Pawl.continueAsNew(2);
      if (!Pawl.await(() -> !colour.isEmpty() && Pawl.handlersDone(), Duration.ofHours(3))) colour = "grey";
      if (Pawl.version("serial-first", 1, 2) == 2) done.add(serial);
      Pawl.step("paint", () -> effects.once(Step.context().idempotencyKey(), "paint"));
      done.add(make("wheels"));
      return done;
    }

    private String make(String part) {
      try {
        return parts.make(part);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void everyEffectHappensOnce() {
    Explore.Explored explored = assembly().seed(7).rounds(ROUNDS).most(MOST).passes();
    assertThat(explored.points()).hasSizeGreaterThan(15);
  }

  private static Explore assembly() {
    return Explore.workflow("assembly").input(1)
        .serving((worker, effects) -> worker
            .workflow("assembly", () -> new Assembly(effects))
            .workflow("polish", Integer.class, round -> {
              Pawl.sleep(Duration.ofMinutes(5));
              Pawl.step("polish", () -> effects.once(Step.context().idempotencyKey(), "polish " + round));
              return "polished " + round;
            })
            .activities("parts", Parts.class, part -> {
              if (Activity.context().attempt() == 1 && part.equals("wheels")) throw new IllegalStateException("flat");
              effects.once(Activity.context().idempotencyKey(), part);
              return part;
            }))
        .signal("paint", "red")
        .check(end -> {
          end.eachEffectOnce();
          List<String> all = end.effects().all();
          assertThat(all).contains("left 1", "right 1", "polish 1", "left 2", "right 2", "polish 2", "paint", "wheels");
          assertThat(end.open()).isEmpty();
        });
  }

  private static final int ROUNDS = Integer.getInteger("pawl.explore.rounds", 10);
  private static final int MOST = Integer.getInteger("pawl.explore.most", 60);
}
