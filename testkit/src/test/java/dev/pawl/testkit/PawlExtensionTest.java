package dev.pawl.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.testkit.Shop.Order;
import dev.pawl.testkit.Shop.OrderWorkflow;
import dev.pawl.testkit.Shop.PaymentActivities;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;

class PawlExtensionTest {
  @RegisterExtension
  static final PawlExtension PAWL = PawlExtension.with(() -> TestPawl.onSqlite()
      .workflow("order", OrderWorkflow::new).mocked("payments", PaymentActivities.class));

  @Test
  void eachTestGetsItsOwn(TestPawl pawl) {
    pawl.start("order", "order-1", new Order("order-1", 5));
    pawl.awaitQuiet();
    assertThat(pawl.openRuns()).contains("'order-1' (order) is WAITING");
  }

  @Test
  void andAnotherOneTheSameIdAgain(TestPawl pawl) {
    assertThat(pawl.openRuns()).isEqualTo("no run is open\n");
    pawl.start("order", "order-1", new Order("order-1", 5));
    pawl.awaitQuiet();
  }

  @Test
  void aFailureComesWithTheHistoriesOfOpenRuns(TestPawl pawl) {
    pawl.start("order", "order-1", new Order("order-1", 5));
    pawl.awaitQuiet();
    AssertionError problem = new AssertionError("the test's own");
    assertThatThrownBy(() -> PAWL.handleTestExecutionException(contextOf(pawl), problem)).isSameAs(problem);
    assertThat(problem.getSuppressed()).singleElement().satisfies(shown -> assertThat(shown)
        .hasMessageContaining("at the time of the failure:")
        .hasMessageContaining("StepCompleted            #1 reserve"));
  }

  /** Only its store is asked. */
  private static ExtensionContext contextOf(TestPawl pawl) {
    Map<Object, Object> kept = new HashMap<>(Map.of(PAWL, pawl));
    var store = Proxy.newProxyInstance(PawlExtensionTest.class.getClassLoader(),
        new Class<?>[] {ExtensionContext.Store.class}, (proxy, method, arguments) -> kept.get(arguments[0]));
    return (ExtensionContext) Proxy.newProxyInstance(PawlExtensionTest.class.getClassLoader(),
        new Class<?>[] {ExtensionContext.class}, (proxy, method, arguments) -> store);
  }
}
