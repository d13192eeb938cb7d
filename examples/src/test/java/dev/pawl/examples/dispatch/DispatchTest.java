package dev.pawl.examples.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.examples.versioned.ParcelWorkflow;
import dev.pawl.sdk.TypeRef;
import dev.pawl.testkit.TestPawl;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DispatchTest {
  @Test
  void waitsForEveryParcel() {
    try (TestPawl pawl = TestPawl.onSqlite().workflow("dispatch", DispatchWorkflow::new)
        .workflow("parcel", ParcelWorkflow::new).start()) {
      var dispatch = pawl.start("dispatch", "today", new Dispatch(List.of("a", "b", "c")));
      pawl.awaitQuiet();
      assertThat(pawl.client().count("WorkflowType = 'parcel' and Status = 'RUNNING'")).isEqualTo(3);
      pawl.skipTime(Duration.ofHours(12));
      assertThat(dispatch.result(new TypeRef<List<String>>() {}, Duration.ofSeconds(1))).containsExactly(
          "label of a, handed over", "label of b, handed over", "label of c, handed over");
    }
  }
}
