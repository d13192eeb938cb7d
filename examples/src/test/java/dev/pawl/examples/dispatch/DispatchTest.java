package dev.pawl.examples.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.examples.LocalPawl;
import dev.pawl.examples.versioned.ParcelWorkflow;
import dev.pawl.sdk.TypeRef;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DispatchTest {
  @Test
  void waitsForEveryParcel() {
    try (var pawl = LocalPawl.serving(worker -> worker
        .workflow("dispatch", DispatchWorkflow::new)
        .workflow("parcel", ParcelWorkflow::new))) {
      var dispatch = pawl.client().start("dispatch", "today", new Dispatch(List.of("a", "b", "c")));
      LocalPawl.await(() -> pawl.client().count("WorkflowType = 'parcel'") == 3);
      pawl.skip(Duration.ofHours(12));
      assertThat(dispatch.result(new TypeRef<List<String>>() {}, Duration.ofSeconds(20))).containsExactly(
          "label of a, handed over", "label of b, handed over", "label of c, handed over");
    }
  }
}
