package dev.pawl.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.value.RetryPolicy;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What can be said wrong, and what is assumed if nothing is said. */
class SettingsTest {
  @Test
  void whatIsOutOfRangeIsRefusedWhereItIsSaid() {
    assertThatThrownBy(() -> new ActivitySettings().startToClose(Duration.ZERO)).hasMessage(
        "startToClose: expected more than 0, got PT0S");
    assertThatThrownBy(() -> new ActivitySettings().priority(10)).hasMessage("priority: expected 0 to 9, got 10");
    assertThatThrownBy(() -> new ActivitySettings().queue(" ")).hasMessageContaining("queue: expected 1 to 255");
    assertThatThrownBy(() -> new ChildSettings().workflowId("x".repeat(256))).hasMessageContaining("workflowId");
    assertThatThrownBy(() -> new ChildSettings().delay(Duration.ofSeconds(-1))).hasMessageContaining("delay");
    assertThatThrownBy(() -> Retry.exponential().attempts(-1)).hasMessageContaining("maxAttempts");
  }

  @Test
  void anActivityWithoutLimitsHasOnePerAttempt() {
    ActivityOptions plain = new ActivitySettings().options("orders");
    assertThat(plain.queue()).isEqualTo("orders");
    assertThat(plain.startToClose()).isEqualTo(Duration.ofMinutes(10));
    assertThat(plain.retry()).isEqualTo(RetryPolicy.EXPONENTIAL);
    assertThat(new ActivitySettings().scheduleToClose(Duration.ofHours(1)).options("q").startToClose()).isNull();
  }

  private static <T> Type typeOf(StepBody<T> body) {
    return ResultType.of(body, "it");
  }

  private static List<String> names() {
    return List.of();
  }

  @Test
  void theTypeOfAResultIsReadFromTheLambda() {
    String captured = "x";
    assertThat(typeOf(() -> 1)).isEqualTo(Integer.class);
    assertThat(typeOf(() -> captured + 1)).isEqualTo(String.class);
    assertThat(typeOf(() -> new int[0])).isEqualTo(int[].class);
    StepBody<List<String>> reference = SettingsTest::names;
    assertThat(typeOf(reference).getTypeName()).isEqualTo("java.util.List<java.lang.String>");
    assertThat(typeOf(new StepBody<Duration>() {
      @Override
      public Duration run() {
        return Duration.ZERO;
      }
    })).isEqualTo(Duration.class);
    StepBody<List<String>> lambda = () -> List.of(captured);
    assertThatThrownBy(() -> typeOf(lambda)).hasMessageContaining("new TypeRef<List<...>>() {}");
  }

  @Test
  void outsideOfAWorkflowPawlSaysSo() {
    assertThatThrownBy(Pawl::now).isInstanceOf(IllegalStateException.class).hasMessageContaining("belongs to no workflow");
    assertThatThrownBy(() -> Activity.context()).hasMessageContaining("thread of an activity");
    assertThatThrownBy(() -> Step.context()).hasMessageContaining("body of a step");
  }

  interface Shape<A, B> extends Workflow<List<A>, B> {}

  static final class Deep implements Shape<String, Integer> {
    @Override
    public Integer run(List<String> input) {
      return input.size();
    }
  }

  @Test
  void typesOfAWorkflowAreFoundThroughItsAncestors() {
    assertThat(WorkflowTypes.inputOf(Deep.class).getTypeName()).startsWith("java.util.List<");
    assertThat(WorkflowTypes.resultOf(Deep.class)).isEqualTo(Integer.class);
    Workflow<String, String> lambda = in -> in;
    assertThatThrownBy(() -> WorkflowTypes.inputOf(lambda.getClass())).hasMessageContaining("Input.class");
  }
}
