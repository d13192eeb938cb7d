package dev.pawl.sdk.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.ParentClosePolicy;
import dev.pawl.core.run.RunStatus;
import dev.pawl.sdk.Children;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.TypeRef;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.WorkflowFailedException;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.failure.ApplicationException;
import dev.pawl.sdk.failure.CancelledException;
import dev.pawl.sdk.failure.ChildWorkflowException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What workflows may do with each other: children, their parents' ends, and words to strangers. */
@Timeout(180)
@ParameterizedClass(name = "{0}")
@EnumSource
class BetweenWorkflowsTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private final Place place;

  BetweenWorkflowsTest(Line line) {
    place = new Place(line);
  }

  @AfterEach
  void close() {
    place.close();
  }

  static final class Doubler implements Workflow<Integer, Integer> {
    @Override
    public Integer run(Integer n) {
      if (n < 0) throw ApplicationException.of("Negative", "got " + n);
      // Nobody signals the even ones; an odd one waits for as long as a busy machine needs.
      Duration wait = n % 2 == 0 ? Duration.ofMillis(50) : SOON;
      Integer more = Pawl.receive("more", Integer.class, wait).orElse(0);
      return Pawl.step("double", () -> n * 2) + more;
    }
  }

  static final class Parent implements Workflow<Integer, List<Integer>> {
    @Override
    public List<Integer> run(Integer n) {
      var children = Children.stub(Doubler.class);
      List<Integer> results = new ArrayList<>();
      results.add(children.run(n));
      var child = children.start(n + 1);
      child.started().get();
      child.signal("more", 1000);
      results.add(child.result().get());
      try {
        children.run(-1);
      } catch (ChildWorkflowException e) {
        results.add(e.find(ApplicationException.class).orElseThrow().type().length());
      }
      return results;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void childrenGiveResultsFailuresAndTakeSignals(int cached) {
    place.worker(with -> with.workflow("parent", Parent::new).workflow("doubler", Doubler::new)
        .settings(set -> set.cachedRuns = cached));
    WorkflowHandle run = place.client.start("parent", "parent-" + cached, 4);
    assertThat(run.result(new TypeRef<List<Integer>>() {}, SOON)).containsExactly(8, 1010, "Negative".length());
  }

  @ParameterizedTest
  @EnumSource(ParentClosePolicy.class)
  void aChildGoesOnOrNotWhenItsParentEnds(ParentClosePolicy policy) {
    place.worker(with -> with
        .workflow("child", String.class, input -> {
          try {
            return Pawl.receive("word", String.class);
          } catch (CancelledException e) {
            return "asked to stop";
          }
        })
        .workflow("parent", String.class, input -> {
          Pawl.child("child", opts -> opts.workflowId("child").parentClose(policy), input, String.class)
              .started().get();
          return "done";
        }));
    assertThat(place.client.start("parent", "parent", "x").result(String.class, SOON)).isEqualTo("done");
    WorkflowHandle child = place.client.handle("child");
    switch (policy) {
      case ABANDON -> {
        child.signal("word", "still here");
        assertThat(child.result(String.class, SOON)).isEqualTo("still here");
      }
      case REQUEST_CANCEL -> assertThat(child.result(String.class, SOON)).isEqualTo("asked to stop");
      case TERMINATE -> assertThatThrownBy(() -> child.result(String.class, SOON)).isInstanceOfSatisfying(
          WorkflowFailedException.class, e -> assertThat(e.status()).isEqualTo(RunStatus.TERMINATED));
    }
  }

  @Test
  void anExternalWorkflowThatIsNotThereIsAFailureToCatch() {
    place.worker(with -> with.workflow("calls", String.class, input -> {
      try {
        Pawl.external("nobody-there").signal("hello", 1);
        return "delivered";
      } catch (RuntimeException e) {
        return "not there";
      }
    }));
    WorkflowHandle run = place.client.start("calls", "calls", "x");
    assertThat(run.result(String.class, SOON)).isEqualTo("not there");
  }

  interface Words {
    void word(String word);
  }

  @Test
  void signalsToAnotherWorkflowHaveTypes() {
    place.worker(with -> with
        .workflow("listens", String.class,
            input -> Pawl.receive("word", String.class) + " " + Pawl.receive("word", String.class))
        .workflow("speaks", String.class, whom -> {
          Pawl.external(whom).as(Words.class).word("hello");
          return "said";
        }));
    WorkflowHandle listens = place.client.start("listens", "listens", "x");
    assertThat(place.client.start("speaks", "speaks", "listens").result(String.class, SOON)).isEqualTo("said");
    listens.as(Words.class).word("world");
    assertThat(listens.result(String.class, SOON)).isEqualTo("hello world");
  }
}
