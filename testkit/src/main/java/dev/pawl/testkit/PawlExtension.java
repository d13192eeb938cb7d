package dev.pawl.testkit;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * A fresh {@link TestPawl} for every test of a class, handed over as a parameter, closed afterwards. When a test fails, the
 * histories of its open runs are added to the failure.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final PawlExtension PAWL = PawlExtension.with(() -> TestPawl.onSqlite().workflow("order", OrderWorkflow::new));
 *
 * @Test
 * void ships(TestPawl pawl) { ... }
 * }</pre>
 */
public final class PawlExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver, TestExecutionExceptionHandler {
  private static final ExtensionContext.Namespace HERE = ExtensionContext.Namespace.create(PawlExtension.class);

  private final Supplier<TestPawlBuilder> with;

  private PawlExtension(Supplier<TestPawlBuilder> with) {
    this.with = with;
  }

  /** @param with asked for each test, so that mocks and implementations are fresh too */
  public static PawlExtension with(Supplier<TestPawlBuilder> with) {
    return new PawlExtension(with);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(HERE).put(this, with.get().start());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    TestPawl pawl = context.getStore(HERE).remove(this, TestPawl.class);
    if (pawl != null) pawl.close();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestPawl.class;
  }

  @Override
  public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context.getStore(HERE).get(this, TestPawl.class);
  }

  /** The problem stays what it is; what the runs were doing comes along as a suppressed one. */
  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable problem) throws Throwable {
    Optional.ofNullable(context.getStore(HERE).get(this, TestPawl.class)).ifPresent(pawl -> {
      try {
        problem.addSuppressed(new OpenRuns("at the time of the failure:\n" + pawl.openRuns()));
      } catch (RuntimeException e) {
        problem.addSuppressed(e);
      }
    });
    throw problem;
  }

  /** Carries the histories into the report of a failed test. */
  static final class OpenRuns extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OpenRuns(String text) {
      super(text, null, false, false);
    }
  }
}
