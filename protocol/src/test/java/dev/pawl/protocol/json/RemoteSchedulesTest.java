package dev.pawl.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.schedule.BackfillSchedule;
import dev.pawl.core.schedule.CreateSchedule;
import dev.pawl.core.schedule.Fired;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleCode;
import dev.pawl.core.schedule.ScheduleEvent;
import dev.pawl.core.schedule.ScheduleFlaw;
import dev.pawl.core.schedule.ScheduleRefusedException;
import dev.pawl.core.schedule.UpdateSchedule;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.schedule.ScheduleApi;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is asked of schedules reaches the other end as it was, and the answer comes back as it was. */
class RemoteSchedulesTest {
  private static final Instant NOON = Instant.parse("2027-01-01T12:00:00Z");
  private final Schedule schedule = ScheduleJsonTest.schedule();
  private final List<Object> heard = new ArrayList<>();
  private final Set<String> operations = new TreeSet<>();
  private final Set<String> said = new TreeSet<>();
  private Object answer;
  private RuntimeException refusal;
  private CallGuard guard = guard(namespace -> null);
  private final ScheduleApi near = new RemoteSchedules(new Exchange() {
    @Override
    public String ask(Ask ask) {
      operations.add(ask.operation());
      if (ask.again()) said.add(ask.operation());
      return ScheduleCalls.answer(ask.operation(), ask.body(), far(), guard);
    }

    @Override
    public void abort(SessionId session) {}
  });

  private static CallGuard guard(Function<String, RuntimeException> namespaces) {
    return new CallGuard() {
      @Override
      public void namespace(String namespace) {
        RuntimeException no = namespaces.apply(namespace);
        if (no != null) throw no;
      }

      @Override
      public void run(RunId run) {
        throw new AssertionError("no run was named");
      }
    };
  }

  private ScheduleApi far() {
    return (ScheduleApi) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ScheduleApi.class},
        (proxy, method, arguments) -> {
          heard.clear();
          heard.addAll(Arrays.asList(arguments));
          if (refusal != null) throw refusal;
          return answer;
        });
  }

  private void hears(Object... arguments) {
    assertThat(heard).containsExactly(arguments);
  }

  @Test
  void everyCallReachesItsOtherEnd() {
    answer = schedule;
    CreateSchedule create = new CreateSchedule("nightly", schedule.terms(), true, "by ann");
    assertThat(near.create("ns", create)).isEqualTo(schedule);
    hears("ns", create);
    assertThat(near.describe("ns", "nightly")).isEqualTo(schedule);
    hears("ns", "nightly");
    for (Long version : new Long[] {null, 7L}) {
      UpdateSchedule update = new UpdateSchedule("nightly", schedule.terms(), null, version);
      assertThat(near.update("ns", update)).isEqualTo(schedule);
      hears("ns", update);
    }
    assertThat(near.pause("ns", "nightly", "holidays")).isEqualTo(schedule);
    hears("ns", "nightly", "holidays");
    assertThat(near.resume("ns", "nightly", null)).isEqualTo(schedule);
    hears("ns", "nightly", null);
    near.delete("ns", "nightly");
    hears("ns", "nightly");

    for (ScheduleApi.Cursor cursor : new ScheduleApi.Cursor[] {null, new ScheduleApi.Cursor(NOON, "x")}) {
      answer = new ScheduleApi.Page(List.of(schedule, schedule), cursor);
      for (Boolean paused : new Boolean[] {null, true, false}) {
        var listing = new ScheduleApi.Listing("ns", paused, paused == null ? null : "Order", 7, cursor);
        assertThat(near.list(listing)).isEqualTo(answer);
        hears(listing);
      }
    }
    List<ScheduleApi.Launch> launches = List.of(
        new ScheduleApi.Launch(new Fired.Started(NOON, "w", 3, NOON.plusSeconds(1)), Samples.RUN, null),
        new ScheduleApi.Launch(new Fired.Started(NOON, "w", 3, NOON), Samples.RUN, "it was there before"),
        new ScheduleApi.Launch(new Fired.Buffered(NOON, 2), null, null),
        new ScheduleApi.Launch(new Fired.Skipped(NOON, Schedule.SkipReason.BUFFER_FULL), null, null));
    for (ScheduleApi.Launch launch : launches) {
      answer = launch;
      assertThat(near.trigger("ns", "nightly", OverlapPolicy.SKIP)).isEqualTo(launch);
      hears("ns", "nightly", OverlapPolicy.SKIP);
    }
    answer = launches;
    BackfillSchedule range = new BackfillSchedule("nightly", NOON, NOON.plusSeconds(9), null);
    assertThat(near.backfill("ns", range)).isEqualTo(launches);
    hears("ns", range);
    answer = List.of(
        new ScheduleApi.Entry(new ScheduleEvent(1, NOON, new ScheduleEvent.Paused("x")), null),
        new ScheduleApi.Entry(new ScheduleEvent(2, NOON, new ScheduleEvent.Triggered(NOON, Schedule.Cause.SPEC, "w")),
            Samples.RUN));
    assertThat(near.history("ns", "nightly", 5, 9)).isEqualTo(answer);
    hears("ns", "nightly", 5L, 9);

    assertThat(operations).isEqualTo(new TreeSet<>(ScheduleCalls.OPERATIONS.keySet()));
    assertThat(said).as("what may be said twice").containsExactly(
        "schedules/describe", "schedules/history", "schedules/list", "schedules/pause", "schedules/resume");
  }

  @Test
  void refusalsComeBackAsTheyWere() {
    for (ScheduleCode code : ScheduleCode.values()) {
      ScheduleFlaw flaw = new ScheduleFlaw(code, "spec.cron_expressions[1]", "no: '\"'");
      refusal = new ScheduleRefusedException(flaw);
      assertThatThrownBy(() -> near.describe("ns", "nightly")).isInstanceOfSatisfying(ScheduleRefusedException.class,
          e -> assertThat(e.flaw()).isEqualTo(flaw));
    }
    assertThat(Refusals.looksLikeOne(Calling.text(out ->
        ScheduleShapes.flaw(out, new ScheduleFlaw(ScheduleCode.NEVER_FIRES, "f", "m"))))).isFalse();
  }

  @Test
  void whatNobodyMayTouchIsGuardedAndNonsenseIsTheSendersMistake() {
    guard = guard(namespace -> new RejectedException(Rejection.because(Rejection.Code.FORBIDDEN, namespace)));
    for (Runnable call : List.<Runnable>of(() -> near.describe("ns", "x"), () -> near.delete("ns", "x"),
        () -> near.list(ScheduleApi.Listing.of("ns", 1)), () -> near.trigger("ns", "x", null))) {
      assertThatThrownBy(call::run).isInstanceOf(RejectedException.class).hasMessageContaining("forbidden");
    }
    assertThat(heard).isEmpty();
    CallGuard open = guard(namespace -> null);
    for (String operation : ScheduleCalls.OPERATIONS.keySet()) {
      for (String body : List.of("", "{", "[]", "{\"namespace\":1}", "{\"namespace\":\"a\"}")) {
        assertThatThrownBy(() -> ScheduleCalls.answer(operation, body, far(), open)).as("%s %s", operation, body)
            .isInstanceOfSatisfying(RejectedException.class,
                e -> assertThat(e.code()).isEqualTo(Rejection.Code.INVALID_ARGUMENT));
      }
    }
  }
}
