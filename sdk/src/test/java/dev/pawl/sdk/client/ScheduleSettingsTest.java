package dev.pawl.sdk.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.schedule.CronExpression;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.ScheduleAction;
import dev.pawl.core.schedule.ScheduleCode;
import dev.pawl.core.schedule.ScheduleRefusedException;
import dev.pawl.core.schedule.ScheduleTerms;
import dev.pawl.sdk.Retry;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.payload.JsonConverter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is said in a lambda, as terms. */
class ScheduleSettingsTest {
  private static ScheduleTerms terms(ScheduleTerms was, Consumer<ScheduleSettings> say) {
    ScheduleSettings set = new ScheduleSettings(was, JsonConverter.standard(), "default", "reports");
    say.accept(set);
    return set.terms();
  }

  private static void assertRefused(ScheduleCode code, Consumer<ScheduleSettings> say) {
    assertThatThrownBy(() -> terms(null, say)).isInstanceOfSatisfying(ScheduleRefusedException.class,
        e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void whatIsNotSaidIsTheStandard() {
    ScheduleTerms terms = terms(null, when -> when.cron("@daily").starts("report", null));
    assertThat(terms.overlap()).isEqualTo(OverlapPolicy.SKIP);
    assertThat(terms.catchUp()).isEqualTo(ScheduleSettings.CATCH_UP);
    assertThat(terms.maxRuns()).isNull();
    assertThat(terms.spec().zone()).isEqualTo(ZoneId.of("UTC"));
    assertThat(terms.action()).isInstanceOfSatisfying(ScheduleAction.StartWorkflow.class, start -> {
      assertThat(start.queue()).isEqualTo("reports");
      assertThat(start.input()).isNull();
      assertThat(start.cancelAtOnce()).as("a Java program is asked").isFalse();
    });
  }

  @Test
  void settingsOfTheStartGoAlong() {
    ScheduleTerms terms = terms(null, when -> when.cron("@daily").starts("report", 7, opts -> opts.queue("slow")
        .runTimeout(Duration.ofHours(1)).retry(Retry.exponential()).priority(8).memo("team", "red")));
    assertThat(terms.action()).isInstanceOfSatisfying(ScheduleAction.StartWorkflow.class, start -> {
      assertThat(start.queue()).isEqualTo("slow");
      assertThat(start.options().runTimeout()).isEqualTo(Duration.ofHours(1));
      assertThat(start.options().retry()).isNotNull();
      assertThat(start.options().priority()).isEqualTo(8);
      assertThat(start.options().memo()).containsOnlyKeys("team");
    });
  }

  @Test
  void anUpdateKeepsWhatItDoesNotSay() {
    ScheduleTerms before = terms(null, when -> when.cron("@daily").every(Duration.ofHours(5)).zone("Europe/Berlin")
        .except(Map.of("month", "12")).maxRuns(9).jitter(Duration.ofSeconds(3)).starts("report", "a"));
    ScheduleTerms same = terms(before, when -> {});
    assertThat(same).isEqualTo(before);
    ScheduleTerms after = terms(before, when -> when.cron("@hourly").cron("@weekly").withoutEnd());
    assertThat(after.spec().sources().crons()).containsExactly(
        CronExpression.parse("@hourly", "c"), CronExpression.parse("@weekly", "c"));
    assertThat(after.spec().sources().intervals()).isEmpty();
    assertThat(after.spec().sources().exclusions()).hasSize(1);
    assertThat(after.spec().zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(after.maxRuns()).isNull();
    assertThat(after.action()).isEqualTo(before.action());
  }

  @Test
  void whatAScheduleDecidesItselfIsRefused() {
    assertRefused(ScheduleCode.INVALID_ACTION, when -> when.cron("@daily"));
    assertRefused(ScheduleCode.INVALID_ACTION,
        when -> when.cron("@daily").starts("report", null, opts -> opts.requestId("r")));
    assertRefused(ScheduleCode.INVALID_ACTION,
        when -> when.cron("@daily").starts("report", null, opts -> opts.onConflict(ConflictPolicy.USE_EXISTING)));
    assertRefused(ScheduleCode.INVALID_ACTION,
        when -> when.cron("@daily").starts("report", null, opts -> opts.withSignal("s", 1)));
    assertRefused(ScheduleCode.INVALID_ACTION,
        when -> when.cron("@daily").enqueues(Jobs.job("sync", 1).delayed(Duration.ofMinutes(1))));
    assertRefused(ScheduleCode.INVALID_ACTION,
        when -> when.cron("@daily").enqueues("sync", 1).overlap(OverlapPolicy.TERMINATE_OTHER));
    assertRefused(ScheduleCode.SPEC_EMPTY, when -> when.starts("report", null));
    assertRefused(ScheduleCode.INVALID_CRON_EXPRESSION, when -> when.cron("whenever"));
    assertRefused(ScheduleCode.INVALID_TIMEZONE, when -> when.zone("Mars/Olympus"));
    assertRefused(ScheduleCode.INVALID_TIME_RANGE, when -> when.between(Instant.EPOCH, Instant.EPOCH));
    assertRefused(ScheduleCode.INVALID_INTERVAL, when -> when.every(Duration.ofMillis(10)));
  }

  @Test
  void aJobLikeThisOne() {
    ScheduleTerms terms = terms(null, when -> when.cron("@daily").enqueues(Jobs.job("sync", 1).priority(2)));
    assertThat(terms.action()).isInstanceOfSatisfying(ScheduleAction.EnqueueJob.class, job -> {
      assertThat(job.jobType()).isEqualTo("sync");
      assertThat(job.priority()).isEqualTo(2);
      assertThat(job.payload().text()).isEqualTo("1");
      assertThat(job.digest()).startsWith("sha-256:");
    });
  }
}
