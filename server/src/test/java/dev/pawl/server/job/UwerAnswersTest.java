package dev.pawl.server.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.job.JobRefusedException;
import dev.pawl.protocol.uwer.Envelope;
import dev.pawl.protocol.uwer.Parsed;
import dev.pawl.protocol.uwer.UwerMessage;
import dev.pawl.server.http.Incoming;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every "no" in both forms. */
class UwerAnswersTest {
  private static final Route ROUTE =
      Route.post("job.submit", "/jobs", Plane.JOB, Scope.OPERATOR, "", call -> Reply.ok(Map.of()));

  private final UwerAnswers answers = new UwerAnswers();

  private Reply reply(Refusal refusal, String accept) {
    return answers.refusal(ROUTE, Map.of(), new Incoming("POST", "/api/jobs", Map.of(), Map.of("accept", accept),
        new byte[0]), refusal);
  }

  @ParameterizedTest
  @EnumSource(UwerCode.class)
  void everyCodeHasBothForms(UwerCode code) {
    Refusal refusal = answers.translate(ROUTE, new JobRefusedException(code, "because <so>", "/body/type"));
    Reply json = reply(refusal, "application/json");
    assertThat(json.status()).isEqualTo(code.httpStatus());
    assertThat(json.contentType()).isEqualTo("application/json");
    Parsed<Envelope> read = Envelope.read(json.text().getBytes(StandardCharsets.UTF_8));
    assertThat(read).isInstanceOf(Parsed.Ok.class);
    UwerMessage.Failed failed = (UwerMessage.Failed) ((Parsed.Ok<Envelope>) read).value().message();
    assertThat(failed.error().code()).isEqualTo(code.wire());
    assertThat(failed.error().title()).isEqualTo(code.title());
    assertThat(failed.error().detail()).isEqualTo("because <so>");
    assertThat(failed.error().retryable()).isEqualTo(code.retryable());
    assertThat(failed.error().pointer()).isEqualTo("/body/type");
    Reply xml = reply(refusal, "application/xml");
    assertThat(xml.status()).isEqualTo(code.httpStatus());
    assertThat(xml.text()).contains("<code>" + code.wire() + "</code>", "<detail>because &lt;so&gt;</detail>",
        "<retryable>" + code.retryable() + "</retryable>", "<pointer>/body/type</pointer>");
    assertThat(json.headers().containsKey("Retry-After")).isEqualTo(code == UwerCode.ADMISSION_REFUSED);
  }

  @ParameterizedTest
  @CsvSource({"OVERLOADED,4290", "STORE_UNAVAILABLE,5031", "SHUTTING_DOWN,5032", "WAIT_TIMED_OUT,5041",
      "SESSION_LOST,4096", "NAMESPACE_NOT_FOUND,4002", "PAYLOAD_TOO_LARGE,4005", "INVALID_ARGUMENT,4002",
      "SCHEMA_MISMATCH,5000"})
  void whatTheEngineRefusesHasACodeOfTheContract(Rejection.Code code, int expected) {
    Refusal refusal = answers.translate(ROUTE, new RejectedException(new Rejection(code, "no", null)));
    assertThat(refusal.reason()).isEqualTo("UWER-" + expected);
  }

  @Test
  void aDefectIsInternal() {
    assertThat(answers.translate(ROUTE, new IllegalStateException("what?"))).isNull();
    assertThat(reply(new Refusal(500, "server_error", "see the log"), "application/json").text())
        .contains("UWER-5000");
  }
}
