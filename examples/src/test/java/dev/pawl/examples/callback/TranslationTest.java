package dev.pawl.examples.callback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.examples.callback.TranslationDesk.Errand;
import dev.pawl.testkit.TestPawl;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TranslationTest {
  @Test
  void isFinishedByAPerson() {
    TranslationDesk translators = new TranslationDesk();
    try (TestPawl pawl = TestPawl.onSqlite().workflow("translation", TranslationWorkflow::new)
        .activities("translation", TranslationActivities.class, translators).start()) {
      var translation = pawl.start("translation", "text-1", "good morning");
      pawl.skipTime(Duration.ofDays(3));
      Errand errand = translators.desk().remove();
      assertThat(errand.text()).isEqualTo("good morning");
      var client = pawl.client();
      // tag::complete[]
      client.completeActivity(errand.token(), "bonjour");
      // end::complete[]
      assertThat(translation.result(String.class)).isEqualTo("bonjour");
    }
  }
}
