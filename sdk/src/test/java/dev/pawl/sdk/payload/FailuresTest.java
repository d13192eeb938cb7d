package dev.pawl.sdk.payload;

import static org.assertj.core.api.Assertions.assertThat;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.sdk.failure.ActivityException;
import dev.pawl.sdk.failure.ApplicationException;
import dev.pawl.sdk.failure.CancelledException;
import dev.pawl.sdk.failure.ChildWorkflowException;
import dev.pawl.sdk.failure.PawlException;
import dev.pawl.sdk.failure.PayloadTooLargeException;
import dev.pawl.sdk.failure.TerminatedException;
import dev.pawl.sdk.failure.TimedOutException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class FailuresTest {
  private static final RunId RUN = RunId.parse("01951234-5678-7abc-8def-0123456789ab");

  private final Failures failures = new Failures(PayloadPath.json());

  record Missing(String sku, int count) {}

  @Test
  void whatTheUserThrowsArrivesWithTypeDetailsAndCause() {
    var thrown = new ApplicationException("OutOfStock", "2 missing", new Missing("sku-1", 2), true,
        Duration.ofSeconds(7), new IOException("shelf"));
    Failure failure = failures.toFailure(thrown);
    assertThat(failure.type()).isEqualTo("OutOfStock");
    assertThat(failure.message()).isEqualTo("2 missing");
    assertThat(failure.nonRetryable()).isTrue();
    assertThat(failure.nextRetryDelay()).isEqualTo(Duration.ofSeconds(7));
    assertThat(failure.details()).isEqualTo(Payload.json("{\"sku\":\"sku-1\",\"count\":2}"));
    assertThat(failure.stack()).contains("FailuresTest.whatTheUserThrowsArrivesWithTypeDetailsAndCause");
    assertThat(failure.cause()).isNotNull().satisfies(why -> {
      assertThat(why.type()).isEqualTo("IOException");
      assertThat(why.message()).isEqualTo("shelf");
    });

    var back = (ApplicationException) failures.toException(failure);
    assertThat(back).hasMessage("OutOfStock: 2 missing");
    assertThat(back.plainMessage()).isEqualTo("2 missing");
    assertThat(back.details(Missing.class)).contains(new Missing("sku-1", 2));
    assertThat(back.isNonRetryable()).isTrue();
    assertThat(back.nextRetryDelay()).contains(Duration.ofSeconds(7));
    assertThat(back.remoteStack()).contains(failure.stack());
    assertThat(back.getCause()).isInstanceOf(ApplicationException.class).hasMessage("IOException: shelf");
  }

  @Test
  void whatCameFromHistoryGoesBackUnchanged() {
    Failure recorded = new Failure("Foreign", "from Python", "Traceback ...", false, null,
        Payload.of("pickle", new byte[] {1, 2}), Failure.of("Inner", "x"));
    PawlException seen = failures.toException(recorded);
    assertThat(failures.toFailure(seen)).isSameAs(recorded);
    Failure around = failures.toFailure(new IllegalStateException("could not go on", seen));
    assertThat(around.type()).isEqualTo("IllegalStateException");
    assertThat(around.cause()).isSameAs(recorded);
  }

  @Test
  void causesCrossActivitiesAndChildren() {
    Failure declined = failures.toFailure(ApplicationException.nonRetryable("CardDeclined", "no money"));
    ActivityException inChild = failures.activityFailed("charge", 4, 3, declined);
    assertThat(inChild).hasMessage("'charge' (step 4) failed after 3 attempts: CardDeclined: no money");
    Failure childsOwn = failures.toFailure(inChild);
    assertThat(childsOwn.type()).isEqualTo("ActivityFailed");
    assertThat(childsOwn.details())
        .isEqualTo(Payload.json("{\"activity\":\"charge\",\"step\":4,\"attempts\":3}"));

    ChildWorkflowException inParent = failures.childFailed("Payment", "pay-42", RUN, childsOwn);
    Failure parentsOwn = failures.toFailure(inParent);
    var atTheTop = (ChildWorkflowException) failures.toException(parentsOwn);
    assertThat(atTheTop.workflowType()).isEqualTo("Payment");
    assertThat(atTheTop.workflowId()).isEqualTo("pay-42");
    assertThat(atTheTop.run()).contains(RUN);
    assertThat(atTheTop.find(ActivityException.class)).hasValueSatisfying(activity -> {
      assertThat(activity.activity()).isEqualTo("charge");
      assertThat(activity.step()).isEqualTo(4);
      assertThat(activity.attempts()).isEqualTo(3);
    });
    assertThat(atTheTop.find(ApplicationException.class).map(ApplicationException::type)).contains("CardDeclined");
    assertThat(atTheTop.find(TimedOutException.class)).isEmpty();
    assertThat(failures.childFailed("Payment", "pay-42", null, declined)).hasMessageContaining("could not be started");
  }

  @Test
  void theOtherKindsComeBackAsThemselves() {
    for (PawlException thrown : List.of(new CancelledException("left"), new TerminatedException("by hand"),
        new TimedOutException("run", "too long"), new PayloadTooLargeException("the input", 3_000_000, 2_097_152))) {
      PawlException back = failures.toException(failures.toFailure(thrown));
      assertThat(back).hasSameClassAs(thrown).hasMessage(thrown.getMessage());
      if (back instanceof TimedOutException late) assertThat(late.kind()).isEqualTo("run");
      if (back instanceof PayloadTooLargeException large) assertThat(large.bytes()).isEqualTo(3_000_000);
    }
    assertThat(failures.toFailure(new PayloadTooLargeException("x", 2, 1)).nonRetryable()).isTrue();
    assertThat(failures.toException(Failure.of(Failure.TIMED_OUT, "by the engine")))
        .isInstanceOfSatisfying(TimedOutException.class, e -> assertThat(e.kind()).isEmpty());
  }

  @Test
  void theLastHeartbeatOfAnActivityThatTimedOut() {
    ActivityException late = failures.activityTimedOut("import", 2, 1, "heartbeat", Payload.json("17"));
    assertThat(late.find(TimedOutException.class)).hasValueSatisfying(why -> {
      assertThat(why.kind()).isEqualTo("heartbeat");
      assertThat(why.lastHeartbeat(Integer.class)).contains(17);
    });
  }

  @Test
  void wrappersAreTakenOff() {
    var inner = new IllegalArgumentException("x");
    for (Throwable wrapped : List.of(new InvocationTargetException(inner), new UndeclaredThrowableException(inner),
        new ExecutionException(inner), new CompletionException(new ExecutionException(inner)))) {
      assertThat(failures.toFailure(wrapped).type()).isEqualTo("IllegalArgumentException");
    }
    assertThat(failures.toFailure(new UncheckedIOException(new IOException("x"))).cause()).isNotNull();
  }

  @Test
  void exceptionsMayHaveStableNamesOfTheirOwn() {
    var named = new Failures(PayloadPath.json(), Map.of(IOException.class, "Network"));
    assertThat(named.toFailure(new java.io.FileNotFoundException("f")).type()).isEqualTo("Network");
    assertThat(named.toFailure(new RuntimeException() {}).type()).isEqualTo("RuntimeException");
    assertThat(named.toFailure(new RuntimeException()).message()).isEmpty();
  }

  @Test
  void nothingAUserThrowsIsTooMuch() {
    Exception deep = new Exception("bottom");
    for (int i = 0; i < 5000; i++) deep = new Exception("level " + i, deep);
    int depth = 0;
    for (Failure at = failures.toFailure(deep); at != null; at = at.cause()) depth++;
    assertThat(depth).isEqualTo(Failures.MAX_CAUSES + 1);

    var loop = new Exception("a");
    loop.initCause(new Exception("b", loop));
    assertThat(failures.toFailure(loop).cause()).isNotNull();

    Failure loud = failures.toFailure(new Exception("x".repeat(10_000_000)));
    assertThat(loud.message().length()).isLessThan(Failures.MAX_MESSAGE + 10);
    assertThat(failures.toFailure(recursion(5000)).stack().length()).isLessThan(20_000);

    var hostile = new RuntimeException() {
      @Override
      public String getMessage() {
        throw new IllegalStateException();
      }
    };
    assertThat(failures.toFailure(hostile).message()).contains("could not be read");
    assertThat(failures.toFailure(new StackOverflowError()).type()).isEqualTo("StackOverflowError");
  }

  private static Exception recursion(int depth) {
    return depth == 0 ? new Exception("deep") : recursion(depth - 1);
  }

  @Test
  void detailsThatCannotBeWrittenAreLeftOutAndSaidSo() {
    var loop = new java.util.ArrayList<Object>();
    loop.add(loop);
    Failure failure = failures.toFailure(ApplicationException.of("X", "m").withDetails(loop));
    assertThat(failure.details()).isNull();
    assertThat(failure.message()).startsWith("m (its details are left out: ");
    Failure large = failures.toFailure(ApplicationException.of("X", "m").withDetails("y".repeat(1_000_000)));
    assertThat(large.details()).isNull();
    assertThat(large.message()).contains("1,000,002 bytes");
  }

  @Test
  void detailsGoThroughTheLayers() {
    var secret = new Failures(PayloadPath.json().with(Encryption.aes256gcm(KeyRing.of("k", Map.of("k", new byte[32])))));
    Failure failure = secret.toFailure(ApplicationException.of("X", "m").withDetails(new Missing("sku", 1)));
    assertThat(failure.details()).isNotNull();
    assertThat(failure.details().codec()).isEqualTo("json+aes256gcm:k");
    assertThat(((ApplicationException) secret.toException(failure)).details(Missing.class))
        .contains(new Missing("sku", 1));
  }
}
