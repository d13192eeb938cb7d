package dev.pawl.examples.callback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.examples.LocalPawl;
import dev.pawl.examples.callback.TranslationDesk.Errand;
import org.junit.jupiter.api.Test;

class TranslationTest {
  @Test
  void isFinishedByAPerson() throws InterruptedException {
    TranslationDesk translators = new TranslationDesk();
    try (var pawl = LocalPawl.serving(worker -> worker
        .workflow("translation", TranslationWorkflow::new)
        .activities("translation", TranslationActivities.class, translators))) {
      var translation = pawl.client().start("translation", "text-1", "good morning");
      Errand errand = translators.desk().take();
      assertThat(errand.text()).isEqualTo("good morning");
      var client = pawl.client();
      // tag::complete[]
      client.completeActivity(errand.token(), "bonjour");
      // end::complete[]
      assertThat(translation.result(String.class)).isEqualTo("bonjour");
    }
  }
}
