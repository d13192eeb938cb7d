package dev.pawl.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.protocol.worker.WorkerApi;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is said to one end comes out at the other end as it was, and the answer comes back as it was. */
class RemoteCallsTest {
  private static final int SEEDS = 60;
  private static final Duration WAIT = Duration.ofSeconds(5);

  /** Takes note of everything, and answers something. */
  private static final class Far {
    final long seed;
    List<Object> heard = List.of();
    Object answered;
    final List<String> guarded = new ArrayList<>();
    final List<String> operations = new ArrayList<>();

    Far(long seed) {
      this.seed = seed;
    }

    <T> T api(Class<T> type) {
      return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
        heard = arguments == null ? List.of() : Arrays.asList(arguments);
        answered = method.getReturnType() == void.class ? null : made(method, method.getGenericReturnType(), -seed - 1);
        return answered;
      }));
    }

    final CallGuard guard = new CallGuard() {
      @Override
      public void namespace(String namespace) {
        guarded.add(namespace);
      }

      @Override
      public void run(RunId run) {
        guarded.add(run.toString());
      }
    };

    Exchange exchange() {
      return new Exchange() {
        @Override
        public String ask(Ask ask) {
          operations.add(ask.operation());
          return ask.operation().startsWith("control/")
              ? ControlCalls.answer(ask.operation(), ask.body(), api(ControlApi.class), guard)
              : WorkCalls.answer(ask.operation(), ask.body(), api(WorkerApi.class), guard).text();
        }

        @Override
        public void abort(SessionId session) {}
      };
    }
  }

  private static Object made(Method method, Type type, long seed) {
    Chance chance = new Chance(seed);
    if (type == Duration.class) return WAIT;
    if (method.getDeclaringClass() == ControlApi.class && method.getName().endsWith("Activity") && type == String.class) {
      return chance.make(TaskToken.class).toString();
    }
    if (method.getName().equals("startAll") && seed < 0) {
      return List.of(new ControlApi.StartResult(chance.make(ControlApi.Started.class), null),
          new ControlApi.StartResult(null, chance.make(Rejection.class)));
    }
    return complete(chance.make(type));
  }

  /** What is left out is filled in on the way: an id, and that a session lists what it holds. */
  private static Object complete(Object made) {
    return switch (made) {
      case ControlApi.Message it -> new ControlApi.Message("id", it.name(), it.input(), it.header());
      case ControlApi.Start it -> new ControlApi.Start(it.namespace(), it.workflowId(), it.workflowType(), it.queue(),
          it.input(), it.options(), it.reuse(), it.conflict(), "request", null, null);
      case WorkerApi.OpenSession it ->
          new WorkerApi.OpenSession(it.session(), it.worker(), it.capacity(), it.buildId());
      case List<?> all -> all.stream().map(RemoteCallsTest::complete).toList();
      default -> made;
    };
  }

  static Stream<Method> methods() {
    return Stream.of(ControlApi.class, WorkerApi.class).flatMap(api -> Stream.of(api.getDeclaredMethods()))
        .filter(method -> !method.isDefault() && !Modifier.isStatic(method.getModifiers()));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void everyMethodReachesItsOtherEnd(Method method) throws Exception {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Far far = new Far(seed);
      Object near = method.getDeclaringClass() == ControlApi.class
          ? new RemoteControl(far.exchange())
          : new RemoteWork(far.exchange());
      Type[] types = method.getGenericParameterTypes();
      Object[] arguments = new Object[types.length];
      for (int i = 0; i < types.length; i++) arguments[i] = made(method, types[i], seed * 100 + i);
      Object answer = method.invoke(near, arguments);
      assertThat(rounded(far.heard)).as("seed %d", seed).isEqualTo(rounded(Arrays.asList(arguments)));
      assertThat(answer).as("seed %d", seed).isEqualTo(far.answered);
      assertThat(far.operations).hasSize(1);
    }
  }

  /** Waiting takes time, so what is left of a wait is a little less. */
  private static List<Object> rounded(List<Object> arguments) {
    return arguments.stream().map(one -> one instanceof Duration wait
        ? Duration.ofSeconds(Math.round(wait.toMillis() / 1000.0)) : one).toList();
  }

  @Test
  void everyOperationIsAMethodAndTheOtherWayRound() throws Exception {
    Far far = new Far(1);
    for (Method method : methods().toList()) {
      Object near = method.getDeclaringClass() == ControlApi.class
          ? new RemoteControl(far.exchange())
          : new RemoteWork(far.exchange());
      Type[] types = method.getGenericParameterTypes();
      Object[] arguments = new Object[types.length];
      for (int i = 0; i < types.length; i++) arguments[i] = made(method, types[i], 100 + i);
      try {
        method.invoke(near, arguments);
      } catch (InvocationTargetException e) {
        throw new AssertionError(method.toString(), e.getCause());
      }
    }
    Set<String> known = new TreeSet<>(ControlCalls.OPERATIONS.keySet());
    known.addAll(WorkCalls.OPERATIONS.keySet());
    assertThat(new TreeSet<>(far.operations)).isEqualTo(known);
  }

  @Test
  void whatNobodyMayTouchIsGuardedBeforeAnythingIsDone() {
    CallGuard nobody = new CallGuard() {
      @Override
      public void namespace(String namespace) {
        throw new RejectedException(Rejection.because(Rejection.Code.FORBIDDEN, namespace));
      }

      @Override
      public void run(RunId run) {
        throw new RejectedException(Rejection.because(Rejection.Code.FORBIDDEN, run.toString()));
      }
    };
    // A session, and a question that was handed out, are known to nobody but their holder.
    Set<String> byHolder = Set.of("work/open", "work/heartbeat", "work/close", "work/query-history", "work/answer-query");
    List<String> passed = new ArrayList<>();
    Far far = new Far(1);
    Exchange guarded = new Exchange() {
      @Override
      public String ask(Ask ask) {
        try {
          String answer = ask.operation().startsWith("control/")
              ? ControlCalls.answer(ask.operation(), ask.body(), far.api(ControlApi.class), nobody)
              : WorkCalls.answer(ask.operation(), ask.body(), far.api(WorkerApi.class), nobody).text();
          passed.add(ask.operation());
          return answer;
        } catch (RejectedException e) {
          assertThat(e.code()).isEqualTo(Rejection.Code.FORBIDDEN);
          throw e;
        }
      }

      @Override
      public void abort(SessionId session) {}
    };
    methods().forEach(method -> {
      Object near = method.getDeclaringClass() == ControlApi.class ? new RemoteControl(guarded) : new RemoteWork(guarded);
      Type[] types = method.getGenericParameterTypes();
      Object[] arguments = new Object[types.length];
      for (int i = 0; i < types.length; i++) arguments[i] = made(method, types[i], 101 + i);
      if (method.getName().equals("startAll")) arguments[0] = List.of(made(method, ControlApi.Start.class, 1));
      try {
        method.invoke(near, arguments);
      } catch (ReflectiveOperationException refused) {
        assertThat(refused.getCause()).isInstanceOf(RejectedException.class);
      }
    });
    assertThat(byHolder).containsAll(passed);
  }

  @Test
  void whatCannotBeReadIsTheSendersMistake() {
    Far far = new Far(1);
    for (String body : List.of("", "{", "[]", "{\"namespace\":1}", "{\"namespace\":\"a\"}",
        "{\"token\":\"nonsense\",\"session\":\"x\"}", "{\"session\":\"x\",\"namespace\":\"n\"}")) {
      Stream.concat(ControlCalls.OPERATIONS.keySet().stream(), WorkCalls.OPERATIONS.keySet().stream())
          .filter(operation -> !operation.equals("control/start-all")) // none is as many as any
          .forEach(operation -> assertThatThrownBy(() -> {
            if (operation.startsWith("control/")) {
              ControlCalls.answer(operation, body, far.api(ControlApi.class), far.guard);
            } else {
              WorkCalls.answer(operation, body, far.api(WorkerApi.class), far.guard);
            }
          }).as("%s %s", operation, body).isInstanceOfSatisfying(RejectedException.class,
              e -> assertThat(e.code()).isEqualTo(Rejection.Code.INVALID_ARGUMENT)));
    }
  }

  @Test
  void aRepeatedPollIsKnownByItsId() {
    WorkerApi.Poll poll = new WorkerApi.Poll(SessionId.random(), "n", "q", Set.of("b", "a"), 3, WAIT, "p-1");
    List<String> ids = new ArrayList<>();
    Exchange exchange = new Exchange() {
      @Override
      public String ask(Ask ask) {
        ids.add(WorkCalls.pollId(ask.operation(), ask.body()));
        return "{}";
      }

      @Override
      public void abort(SessionId session) {}
    };
    WorkerApi near = new RemoteWork(exchange);
    near.pollWorkflows(poll);
    near.pollWorkflows(poll);
    near.pollActivities(poll);
    near.pollQueries(new WorkerApi.Poll(poll.session(), "n", "q", Set.of(), 1, WAIT, null));
    assertThat(ids.get(0)).isEqualTo(ids.get(1)).isNotEqualTo(ids.get(2));
    assertThat(ids.get(3)).isNull();
  }

  @Test
  void refusalsComeBackAsTheyWere() {
    for (Rejection.Code code : Rejection.Code.values()) {
      String body = "{\"message\":\"no\",\"reason\":\"%s\",\"field\":\"a.b\"}".formatted(code.wire());
      assertThat(Refusals.looksLikeOne(body)).isTrue();
      assertThat(Refusals.read(body)).contains(new Rejection(code, "no", "a.b"));
    }
    assertThat(Refusals.read("{\"message\":\"no\",\"reason\":\"a new one\"}")).isEmpty();
    assertThat(Refusals.read("<html>502</html>")).isEmpty();
    assertThat(Refusals.read("")).isEmpty();
    RunRef ref = RunRef.current("n", "w");
    assertThat(Refusals.looksLikeOne(Calling.text(out -> ControlShapes.ref(out, ref)))).isFalse();
  }
}
