package dev.pawl.sdk.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Promise;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.WorkflowHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
@ParameterizedClass(name = "{0}")
@EnumSource
class FirstStepsTest {
  private final Place place;

  FirstStepsTest(Line line) {
    place = new Place(line);
  }

  @AfterEach
  void close() {
    place.close();
  }

  record Order(String id, int amount) {}

  record Receipt(String id, String reference) {}

  static List<String> types(WorkflowHandle run) {
    return run.history().stream().map(Event::fact).map(RunEvent::type).toList();
  }

  static final class OneStep implements Workflow<Order, Receipt> {
    @Override
    public Receipt run(Order order) {
      String reference = Pawl.step("charge", () -> "ref-" + order.amount());
      return new Receipt(order.id(), reference);
    }
  }

  @Test
  void oneStepAndItsRunEndInOneReport() {
    place.worker(with -> with.workflow("one-step", OneStep::new));
    WorkflowHandle run = place.client.start("one-step", "order-1", new Order("order-1", 5));
    assertThat(run.result(Receipt.class)).isEqualTo(new Receipt("order-1", "ref-5"));
    assertThat(types(run)).containsExactly("StartAccepted", "WorkflowStarted", "StepCompleted", "WorkflowCompleted");
    assertThat(run.history().get(2).seen()).isEqualTo(2);
    assertThat(run.history().get(3).seen()).as("the step and the end are one report").isEqualTo(2);
  }

  interface Greetings {
    String greet(String name, int times);

    void nothing();
  }

  static final class Greeter implements Greetings {
    @Override
    public String greet(String name, int times) {
      return ("hello " + name + " ").repeat(times).trim();
    }

    @Override
    public void nothing() {}
  }

  static final class Mixed implements Workflow<String, List<String>> {
    private final Greetings greetings =
        Activities.stub(Greetings.class, opts -> opts.startToClose(Duration.ofSeconds(10)));
    private final List<String> seen = new ArrayList<>();
    private boolean done;

    @Override
    public List<String> run(String name) {
      Pawl.onSignal("say", String.class, seen::add);
      Pawl.onSignal("done", Void.class, nothing -> done = true);
      Pawl.onQuery("seen", () -> seen.size());
      Pawl.onUpdate("rename", String.class, text -> {
        if (text.isBlank()) throw new IllegalArgumentException("blank");
      }, text -> {
        seen.add("renamed " + text);
        return text.length();
      });
      seen.add(Pawl.step("first", () -> "step " + name));
      seen.add(greetings.greet(name, 2));
      greetings.nothing();
      Pawl.sleep(Duration.ofMillis(30));
      Promise<String> a = Pawl.async(() -> greetings.greet("a", 1));
      Promise<String> b = Pawl.stepAsync("b", () -> "b");
      seen.addAll(Promise.all(List.of(a, b)).get());
      Pawl.await(() -> done);
      seen.add(Pawl.await(() -> false, Duration.ofMillis(20)) ? "true" : "timeout");
      return seen;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void everythingTogetherWithAndWithoutMemory(int cached) {
    place.worker(with -> with.workflow("mixed", Mixed::new)
        .activities("greetings", Greetings.class, new Greeter())
        .settings(set -> set.cachedRuns = cached));
    WorkflowHandle run = place.client.start("mixed", "mixed-1", "joe");
    run.signal("say", "hi");
    assertThat(run.update("rename", Integer.class, "four")).isEqualTo(4);
    assertThat(run.query("seen", Integer.class)).isGreaterThan(0);
    run.signal("done", null);
    @SuppressWarnings("unchecked")
    List<String> result = run.result(List.class, Duration.ofSeconds(60));
    assertThat(result).contains("step joe", "hello joe hello joe", "hello a", "b", "hi", "renamed four")
        .endsWith("timeout");
    assertThat(run.query("seen", Integer.class)).as("closed runs answer too").isEqualTo(result.size());
  }

  static final class FanOut implements Workflow<Integer, Integer> {
    @Override
    public Integer run(Integer width) {
      List<Promise<Integer>> parts =
          IntStream.range(0, width).mapToObj(i -> Pawl.stepAsync("part-" + i, () -> i)).toList();
      return Promise.all(parts).get().stream().mapToInt(Integer::intValue).sum();
    }
  }

  @Test
  void aThousandStepsBesideEachOther() {
    place.worker(with -> with.workflow("fan-out", FanOut::new));
    WorkflowHandle run = place.client.start("fan-out", "fan-1", 1000);
    assertThat(run.result(Integer.class, Duration.ofSeconds(60))).isEqualTo(499500);
  }
}
